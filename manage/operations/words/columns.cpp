#include "manage/operations/words/columns.hpp"

namespace warren::manage {

const Columns kQueueColumns{.all = {"name",
                                    "durable",
                                    "auto_delete",
                                    "arguments",
                                    "policy",
                                    "operator_policy",
                                    "effective_policy_definition",
                                    "pid",
                                    "owner_pid",
                                    "exclusive",
                                    "messages_ready",
                                    "messages_unacknowledged",
                                    "messages",
                                    "message_bytes_ready",
                                    "consumers",
                                    "memory",
                                    "state",
                                    "type",
                                    "leader",
                                    "members",
                                    "online",
                                    "slave_pids",
                                    "synchronised_slave_pids",
                                    "vhost",
                                    "node"},
                            .usual = {"name", "messages"}};

const Columns kExchangeColumns{
    .all = {"name", "type", "durable", "auto_delete", "internal", "arguments", "policy", "vhost"},
    .usual = {"name", "type"}};

const Columns kBindingColumns{
    .all = {"source_name", "source_kind", "destination_name", "destination_kind", "routing_key", "arguments", "vhost"},
    .usual = {"source_name", "source_kind", "destination_name", "destination_kind", "routing_key", "arguments"}};

const Columns kConnectionColumns{
    .all = {"pid", "name", "node", "port", "host", "peer_port", "peer_host", "ssl", "state", "channels", "protocol",
            "auth_mechanism", "user", "vhost", "timeout", "frame_max", "channel_max", "send_pend"},
    .usual = {"user", "peer_host", "peer_port", "state"}};

const Columns kChannelColumns{
    .all = {"pid", "connection", "name", "node", "number", "user", "vhost", "transactional", "confirm",
            "consumer_count", "messages_unacknowledged", "messages_uncommitted", "acks_uncommitted",
            "messages_unconfirmed", "prefetch_count", "global_prefetch_count"},
    .usual = {"pid", "user", "consumer_count", "messages_unacknowledged"}};

const Columns kConsumerColumns{
    .all = {"queue_name", "channel_pid", "consumer_tag", "ack_required", "prefetch_count", "active", "activity_status",
            "arguments", "vhost"},
    .usual = {"queue_name", "channel_pid", "consumer_tag", "ack_required", "prefetch_count", "active", "arguments"}};

const Columns kUserColumns{.all = {"user", "tags"}, .usual = {"user", "tags"}};

const Columns kVhostColumns{.all = {"name", "tracing"}, .usual = {"name"}};

const Columns kPermissionColumns{.all = {"user", "configure", "write", "read"},
                                 .usual = {"user", "configure", "write", "read"}};

const Columns kUserPermissionColumns{.all = {"vhost", "configure", "write", "read"},
                                     .usual = {"vhost", "configure", "write", "read"}};

const Columns kTopicPermissionColumns{.all = {"user", "exchange", "write", "read"},
                                      .usual = {"user", "exchange", "write", "read"}};

const Columns kUserTopicPermissionColumns{.all = {"vhost", "exchange", "write", "read"},
                                          .usual = {"vhost", "exchange", "write", "read"}};

const Columns kVhostLimitColumns{.all = {"vhost", "limits"}, .usual = {"vhost", "limits"}};

const Columns kSyncColumns{.all = {"name", "node", "mirrors", "synchronised", "syncing"},
                           .usual = {"name", "node", "mirrors", "synchronised", "syncing"}};

const Columns kPolicyColumns{.all = {"vhost", "name", "pattern", "apply-to", "definition", "priority"},
                             .usual = {"vhost", "name", "pattern", "apply-to", "definition", "priority"}};

}  // namespace warren::manage
