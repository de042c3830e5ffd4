// The columns of connections, channels and consumers.
#include <fmt/core.h>

#include <charconv>

#include "manage/operations/rows/session_rows.hpp"

namespace warren::manage {
namespace {

using broker::session::ChannelMode;
using broker::session::SessionCore;

// ---- connections ----

struct Address {
  std::string_view host;
  Value port;
};

// "127.0.0.1:41234 -> 127.0.0.1:5672" names both ends; other names, as tests have, name none.
Address address_in(std::string_view name, bool of_peer) {
  constexpr std::string_view kArrow = " -> ";
  const std::size_t arrow = name.find(kArrow);
  if (arrow == std::string_view::npos) return {};
  const std::string_view end = of_peer ? name.substr(0, arrow) : name.substr(arrow + kArrow.size());
  const std::size_t colon = end.rfind(':');
  std::uint16_t port = 0;
  if (colon == std::string_view::npos ||
      std::from_chars(end.data() + colon + 1, end.data() + end.size(), port).ec != std::errc())
    return {};
  return {end.substr(0, colon), port};
}

template <class Facts>
const SessionCore& core(const Facts& facts) {
  return facts.session.core();
}

template <class Facts>
Value home(const Facts& facts) {
  return node_name(facts.catalog, core(facts).self.node);
}

template <class Facts>
Value connection_pid(const Facts& facts) {
  const SessionRef& self = core(facts).self;
  return token(node_name(facts.catalog, self.node), self.shard, self.id.value);
}

template <class Facts>
Value user(const Facts& facts) {
  return core(facts).user;
}

template <class Facts>
Value vhost(const Facts& facts) {
  return core(facts).vhost_name;
}

Value state(const SessionFacts& facts) {
  if (!facts.session.running()) return core(facts).vhost_name.empty() ? "starting" : "closing";
  return facts.session.blocked() ? "blocked" : "running";
}

const Column<SessionFacts> kConnectionRows[] = {
    {"pid", connection_pid<SessionFacts>},
    {"name", [](const SessionFacts& facts) -> Value { return core(facts).peer.name; }},
    {"node", home<SessionFacts>},
    {"port", [](const SessionFacts& facts) { return address_in(core(facts).peer.name, false).port; }},
    {"host", [](const SessionFacts& facts) -> Value { return address_in(core(facts).peer.name, false).host; }},
    {"peer_port", [](const SessionFacts& facts) { return address_in(core(facts).peer.name, true).port; }},
    {"peer_host", [](const SessionFacts& facts) -> Value { return address_in(core(facts).peer.name, true).host; }},
    {"ssl", [](const SessionFacts&) -> Value { return false; }},
    {"state", state},
    {"channels", [](const SessionFacts& facts) -> Value { return facts.session.channels(); }},
    {"protocol", [](const SessionFacts&) -> Value { return "{0,9,1}"; }},
    {"auth_mechanism", [](const SessionFacts& facts) -> Value { return core(facts).mechanism; }},
    {"user", user<SessionFacts>},
    {"vhost", vhost<SessionFacts>},
    {"timeout", [](const SessionFacts& facts) -> Value { return core(facts).heartbeat_s; }},
    {"frame_max", [](const SessionFacts& facts) -> Value { return core(facts).frame_max; }},
    {"channel_max", [](const SessionFacts& facts) -> Value { return core(facts).channel_max; }},
    {"send_pend", [](const SessionFacts& facts) -> Value { return core(facts).backlog_bytes(); }},
};

// ---- channels ----

// Of both channels and consumers.
template <class Facts>
Value channel_pid(const Facts& facts) {
  return token(node_name(facts.catalog, core(facts).self.node), core(facts).self.id.value, facts.channel.ref.number);
}

Value uncommitted(const ChannelFacts& facts) {
  const auto& transaction = facts.channel.transaction;
  return transaction == nullptr ? 0 : transaction->publishes.size();
}

Value uncommitted_settles(const ChannelFacts& facts) {
  const auto& transaction = facts.channel.transaction;
  std::size_t tags = 0;
  if (transaction != nullptr)
    for (const auto& settle : transaction->settles) tags += settle.tags.size();
  return tags;
}

const Column<ChannelFacts> kChannelRows[] = {
    {"pid", channel_pid<ChannelFacts>},
    {"connection", connection_pid<ChannelFacts>},
    {"name",
     [](const ChannelFacts& facts) -> Value {
       return fmt::format("{} ({})", core(facts).peer.name, facts.channel.ref.number);
     }},
    {"node", home<ChannelFacts>},
    {"number", [](const ChannelFacts& facts) -> Value { return facts.channel.ref.number; }},
    {"user", user<ChannelFacts>},
    {"vhost", vhost<ChannelFacts>},
    {"transactional",
     [](const ChannelFacts& facts) -> Value { return facts.channel.mode == ChannelMode::transactional; }},
    {"confirm", [](const ChannelFacts& facts) -> Value { return facts.channel.mode == ChannelMode::confirming; }},
    {"consumer_count", [](const ChannelFacts& facts) -> Value { return facts.channel.consumers.size(); }},
    {"messages_unacknowledged", [](const ChannelFacts& facts) -> Value { return facts.channel.unsettled.held(); }},
    {"messages_uncommitted", uncommitted},
    {"acks_uncommitted", uncommitted_settles},
    {"messages_unconfirmed", [](const ChannelFacts& facts) -> Value { return facts.channel.confirms.open(); }},
    {"prefetch_count", [](const ChannelFacts& facts) -> Value { return facts.channel.prefetch; }},
    {"global_prefetch_count", [](const ChannelFacts& facts) -> Value { return facts.channel.shared_limit; }},
};

// ---- consumers ----

// Empty for a queue that has just gone.
const broker::QueueDefinition* queue_of(const ConsumerFacts& facts) {
  return facts.catalog.queue(facts.consumer.queue.id);
}

// Of a queue with a single active consumer nobody but the queue knows who it is: the cell stays empty.
bool one_of_several(const ConsumerFacts& facts) {
  const broker::QueueDefinition* queue = queue_of(facts);
  const amqp::Value* single = queue == nullptr ? nullptr : queue->arguments.find("x-single-active-consumer");
  const bool* on = single == nullptr ? nullptr : single->get<bool>();
  return on != nullptr && *on;
}

const Column<ConsumerFacts> kConsumerRows[] = {
    {"queue_name",
     [](const ConsumerFacts& facts) { return queue_of(facts) == nullptr ? Value() : Value(queue_of(facts)->name); }},
    {"channel_pid", channel_pid<ConsumerFacts>},
    {"consumer_tag", [](const ConsumerFacts& facts) -> Value { return facts.consumer.tag; }},
    {"ack_required", [](const ConsumerFacts& facts) -> Value { return !facts.consumer.no_ack; }},
    {"prefetch_count", [](const ConsumerFacts& facts) -> Value { return facts.consumer.prefetch; }},
    {"active", [](const ConsumerFacts& facts) { return one_of_several(facts) ? Value() : Value(true); }},
    {"activity_status", [](const ConsumerFacts& facts) { return one_of_several(facts) ? Value() : Value("up"); }},
    {"arguments", [](const ConsumerFacts& facts) { return value_of(facts.consumer.arguments); }},
    {"vhost", vhost<ConsumerFacts>},
};

}  // namespace

std::span<const Column<SessionFacts>> connection_columns() { return kConnectionRows; }
std::span<const Column<ChannelFacts>> channel_columns() { return kChannelRows; }
std::span<const Column<ConsumerFacts>> consumer_columns() { return kConsumerRows; }

}  // namespace warren::manage
