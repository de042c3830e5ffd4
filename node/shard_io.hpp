// What comes into a shard and what it wants done: the door between the quiet rooms and their driver.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "broker/session/core.hpp"
#include "broker/session/output.hpp"
#include "manage/operations/questions/shard_question.hpp"
#include "node/cluster/ask/ask_desk.hpp"
#include "node/cluster/registrar.hpp"
#include "node/mail_batch.hpp"
#include "node/storage/jobs.hpp"
#include "node/storage/ledger.hpp"

namespace warren::node {

// ---- inputs ----

// A client connected. The driver gives the identity; its upper bits hold the shard, so it is unique within the node.
struct Accepted {
  SessionId session;
  broker::session::Peer peer;
};

// Bytes from a client. Valid for the step only.
struct Received {
  SessionId session;
  std::string_view bytes;
};

// The socket took all that one Write asked for. The emptied output comes back for further use.
struct Sent {
  SessionId session;
  std::size_t bytes = 0;
  broker::session::Output emptied;
};

// The socket is closed, by whomever.
struct Closed {
  SessionId session;
};

// Mail from another shard.
struct Arrived {
  MailBatch batch;
};

// wake_at has come.
struct Tick {};

// What the process and its disk have left, read by the driver now and then.
struct ResourceLimits {
  std::uint64_t memory_high_watermark_bytes = 0;
  std::uint64_t disk_free_limit_bytes = 0;
};
struct Resources {
  std::uint64_t memory_used_bytes = 0;
  std::uint64_t disk_free_bytes = 0;
  std::optional<ResourceLimits> limits = {};  // instead of those that the shard began with
  std::uint64_t connections = 0;              // of clients
};

// The node ends: clients are told, new ones are turned away.
struct Stop {};

// Writes to the journal up to that number are durable. Buffers that are not needed any more come back.
struct Durable {
  WriteNumber write = 0;
  std::vector<ByteBuffer> blanks = {};
};

// The last write that was taken began this segment of the journal.
struct SegmentBegun {
  std::uint64_t segment = 0;
  std::uint64_t position = 0;  // of the journal, where it begins
};

// The journal takes nothing at present, or does so again.
struct JournalHealth {
  bool well = true;
  std::string why = {};
};

// ---- of other nodes ----

// What a registrar says; for the registrar's shard.
struct PeerControl {
  NodeId from;
  std::string bytes;
};

// Mail from a shard of another node.
struct PeerMail {
  NodeId from;
  MailBatch batch;
};

// The mail with that node begins anew: what was on its way, in either direction, is gone. For every shard.
struct PeerLost {
  NodeId node;
};

// A question of another node, perhaps of none of the cluster's; for the registrar's shard. Answered by an AskReply.
struct Asked {
  std::uint64_t ask = 0;
  std::string question;
};

// ---- of an operator, for the registrar's shard ----

// Changes the catalog; answered by a RequestAnswer.
struct ChangeRequest {
  RequestNumber request = 0;
  std::string user;
  broker::Command command;
};

// Clients are served from now on, or not any more. Answered by `serving` once all know of it.
struct Serve {
  bool on = true;
};

// Clients are closed and not let in, or are again: as the registrar's shard said. For all other shards.
struct TurnAway {
  bool on = true;
};

// This node is to go on without the others, which will not come back as they were.
struct GoAlone {};

// What a shard has is asked for by an operator; answered by Findings.
struct Inquiry {
  std::uint64_t inquiry = 0;
  manage::ShardQuestion question;
};

// JobDone and ChunkRead answer effects of the same step or an earlier one (storage/jobs.hpp).
using ShardInput = std::variant<Accepted, Received, Sent, Closed, Arrived, Tick, Resources, Stop, Durable, SegmentBegun,
                                JournalHealth, JobDone, ChunkRead, PeerControl, PeerMail, PeerLost, Asked,
                                ChangeRequest, Serve, TurnAway, GoAlone, Inquiry>;

// ---- effects ----

// Write these bytes, then answer Sent. There is at most one per session under way.
struct Write {
  SessionId session;
  broker::session::Output output;
};

// Read from this socket, or leave it alone for now. Sockets are read from the start.
struct Reading {
  SessionId session;
  bool on = true;
};

// Close the socket once what was written has left, or at once; then answer Closed.
struct Close {
  SessionId session;
  bool at_once = false;
};

struct Post {
  ShardIndex to = 0;
  MailBatch batch;
};

struct Findings {
  std::uint64_t inquiry = 0;
  manage::Rows rows;
};

// Mail for a shard of another node. The receiver takes `to` modulo its shards.
struct NodePost {
  NodeId node;
  ShardIndex to = 0;
  MailBatch batch;
};

// Effects on one socket are in order within their kind; writes come before a close. The journal comes before all else:
// what a client is told of stands there, though not durably yet.
struct ShardEffects {
  // At most one: append it to the journal. The first persist::kChunkHeaderBytes are the header's place. Writes are
  // numbered from 1; answered by Durable.
  std::vector<ByteBuffer> journal;
  std::vector<StoreJob> jobs;             // at most one; answered by JobDone
  std::vector<broker::ChunkLoad> loads;   // each answered by ChunkRead
  std::uint64_t free_before_segment = 0;  // the journal is not needed below it; zero: no news
  std::vector<Write> writes;
  std::vector<Reading> readings;
  std::vector<Close> closes;
  std::vector<Post> posts;
  std::vector<NodePost> node_posts;
  std::vector<std::pair<NodeId, std::string>> control;       // for the registrars of these nodes
  std::optional<std::vector<broker::NodeDefinition>> peers;  // all other nodes, when they have changed
  std::vector<NodeId> resets;                                // the mail with these begins anew
  std::vector<RequestAnswer> answers;
  std::vector<AskReply> replies;
  std::vector<Findings> findings;
  std::optional<bool> serving;       // clients are to be let in, or not; of the registrar's shard
  std::optional<bool> turning_away;  // all other shards are to be told; of the registrar's shard
  std::vector<std::string> log;
  Instant wake_at_ms = kNever;

  void clear() {
    node_posts.clear();
    control.clear();
    peers.reset();
    resets.clear();
    answers.clear();
    replies.clear();
    findings.clear();
    serving.reset();
    turning_away.reset();
    journal.clear();
    jobs.clear();
    loads.clear();
    free_before_segment = 0;
    writes.clear();
    readings.clear();
    closes.clear();
    posts.clear();
    log.clear();
    wake_at_ms = kNever;
  }
};

}  // namespace warren::node
