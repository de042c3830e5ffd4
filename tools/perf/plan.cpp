#include "tools/perf/plan.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "tools/perf/integrity.hpp"

namespace warren::perf {
namespace {

// The plan in the making: parts that only make sense together.
struct Draft {
  Plan plan;
  Address address;  // what --host and its kin say
  std::vector<std::string> uris;
  std::vector<std::string> publish_uris;
  std::optional<double> warmup_s;
};

struct Option {
  std::string_view name;
  std::string_view value;  // as the help shows it; empty: a flag
  std::string_view meaning;
  bool (*read)(std::string_view value, Draft& draft);  // false: not a value of that kind, or out of bounds
};

template <class Number>
bool number(std::string_view text, Number& to) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return false;
  if constexpr (std::is_floating_point_v<Number>)
    if (!(value >= 0 && value < 1e9)) return false;
  to = value;
  return true;
}

template <class Number>
bool positive(std::string_view text, Number& to) {
  return number(text, to) && to > 0;
}

bool choose_churn(std::string_view what, Plan& plan) {
  constexpr std::array<std::pair<std::string_view, Mode>, 3> kChurns{
      {{"connection", Mode::churn_connections}, {"channel", Mode::churn_channels}, {"queue", Mode::churn_queues}}};
  for (const auto& [name, mode] : kChurns) {
    if (name != what) continue;
    plan.mode = mode;
    return true;
  }
  return false;
}

// NAME=VALUE: integers and true or false are sent as such, everything else as text; VALUE in double quotes is always
// text.
bool add_argument(std::string_view text, amqp::Table& to) {
  const std::size_t at = text.find('=');
  if (at == 0 || at == std::string_view::npos || at > limits::kShortStringBytesMax) return false;
  const std::string_view name = text.substr(0, at);
  const std::string_view value = text.substr(at + 1);
  std::int64_t integer = 0;
  if (value == "true" || value == "false")
    to.set(name, value == "true");
  else if (number(value, integer))
    to.set(name, integer);
  else if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
    to.set(name, value.substr(1, value.size() - 2));
  else
    to.set(name, value);
  return true;
}

bool set_flag(bool& flag) { return flag = true; }

constexpr std::array kOptions{
    Option{"--uri", "URI", "amqp://user:password@host:port/vhost; if repeated, connections take turns",
           [](std::string_view v, Draft& d) { return d.uris.emplace_back(v), true; }},
    Option{"--publish-uri", "URI", "the same, for publishers",
           [](std::string_view v, Draft& d) { return d.publish_uris.emplace_back(v), true; }},
    Option{"--host", "NAME", "127.0.0.1", [](std::string_view v, Draft& d) { return d.address.host = v, !v.empty(); }},
    Option{"--port", "N", "5672", [](std::string_view v, Draft& d) { return positive(v, d.address.port); }},
    Option{"--user", "NAME", "guest", [](std::string_view v, Draft& d) { return d.address.user = v, true; }},
    Option{"--password", "TEXT", "guest", [](std::string_view v, Draft& d) { return d.address.password = v, true; }},
    Option{"--vhost", "NAME", "/", [](std::string_view v, Draft& d) { return d.address.vhost = v, true; }},
    Option{"--frame-max", "BYTES", "the largest frame to ask for: 131072",
           [](std::string_view v, Draft& d) {
             return number(v, d.plan.frame_max) && d.plan.frame_max >= limits::kFrameBytesMin;
           }},

    Option{
        "--publishers", "N", "one connection each: 1",
        [](std::string_view v, Draft& d) { return number(v, d.plan.publishers) && d.plan.publishers < kStreamsMax; }},
    Option{"--consumers", "N", "one connection each, taking turns at the queues: 1",
           [](std::string_view v, Draft& d) { return number(v, d.plan.consumers); }},
    Option{"--queues", "N", "1", [](std::string_view v, Draft& d) { return positive(v, d.plan.queues); }},
    Option{"--prefix", "NAME", "what names of queues and exchanges begin with: warren-perf",
           [](std::string_view v, Draft& d) { return d.plan.prefix = v, !v.empty() && v.size() <= 200; }},
    Option{"--exchange", "TYPE", "publish to an exchange of this type; without it, to the queues by name",
           [](std::string_view v, Draft& d) { return d.plan.exchange = v, !v.empty(); }},
    Option{"--bindings", "N", "of the exchange, a routing key each: as many as queues",
           [](std::string_view v, Draft& d) { return positive(v, d.plan.bindings); }},
    Option{"--bind", "KEY", "a binding key instead of made-up ones; repeated, queues take turns",
           [](std::string_view v, Draft& d) { return d.plan.bind_keys.emplace_back(v), true; }},
    Option{"--key", "KEY", "a routing key instead of made-up ones; repeated, messages take turns",
           [](std::string_view v, Draft& d) { return d.plan.keys.emplace_back(v), true; }},
    Option{"--queue-argument", "NAME=VALUE", "of queue.declare; may be repeated",
           [](std::string_view v, Draft& d) { return add_argument(v, d.plan.queue_arguments); }},
    Option{"--durable", "", "durable queues and exchange",
           [](std::string_view, Draft& d) { return set_flag(d.plan.durable); }},
    Option{"--auto-delete", "", "queues go with their last consumer",
           [](std::string_view, Draft& d) { return set_flag(d.plan.auto_delete); }},
    Option{"--no-declare", "", "use what is there, and leave it there",
           [](std::string_view, Draft& d) { return d.plan.declare = false, true; }},
    Option{"--keep", "", "leave queues and exchange behind",
           [](std::string_view, Draft& d) { return set_flag(d.plan.keep); }},

    Option{"--body", "BYTES", "16; below that nothing is checked or timed",
           [](std::string_view v, Draft& d) {
             return number(v, d.plan.body_bytes) && d.plan.body_bytes <= limits::kBodyBytesCeiling;
           }},
    Option{"--persistent", "", "delivery-mode 2",
           [](std::string_view, Draft& d) { return set_flag(d.plan.persistent); }},
    Option{"--mandatory", "", "unroutable messages come back",
           [](std::string_view, Draft& d) { return set_flag(d.plan.mandatory); }},
    Option{"--confirms", "N", "confirm mode, at most N in flight per publisher",
           [](std::string_view v, Draft& d) { return positive(v, d.plan.confirms) && d.plan.confirms <= (1u << 24); }},
    Option{"--rate", "N", "messages per second in all; latency counts from the time each should have been sent",
           [](std::string_view v, Draft& d) { return positive(v, d.plan.rate); }},
    Option{"--backlog", "N", "at most N messages published and not yet delivered",
           [](std::string_view v, Draft& d) { return positive(v, d.plan.backlog); }},

    Option{"--acks", "N", "acknowledge every N deliveries; without it none are wanted",
           [](std::string_view v, Draft& d) { return number(v, d.plan.ack_every); }},
    Option{"--prefetch", "N", "per consumer", [](std::string_view v, Draft& d) { return number(v, d.plan.prefetch); }},
    Option{"--no-check", "", "do not look for lost, repeated, reordered or corrupted messages",
           [](std::string_view, Draft& d) { return d.plan.check = false, true; }},
    Option{"--allow-loss", "", "lost messages are counted and forgiven (limited or expiring queues)",
           [](std::string_view, Draft& d) { return set_flag(d.plan.allow_loss); }},

    Option{"--count", "N", "messages in all, instead of a duration",
           [](std::string_view v, Draft& d) { return positive(v, d.plan.count); }},
    Option{"--duration", "SECONDS", "5", [](std::string_view v, Draft& d) { return positive(v, d.plan.duration_s); }},
    Option{"--warmup", "SECONDS", "published before measuring begins: 1, with --count 0",
           [](std::string_view v, Draft& d) { return number(v, d.warmup_s.emplace()); }},
    Option{"--drain", "SECONDS", "without progress, until the rest counts as lost: 10",
           [](std::string_view v, Draft& d) { return positive(v, d.plan.drain_s); }},
    Option{"--pid", "PID", "of the broker: its processor time and memory are reported",
           [](std::string_view v, Draft& d) { return positive(v, d.plan.pid); }},
    Option{"--label", "TEXT", "repeated in the result",
           [](std::string_view v, Draft& d) { return d.plan.label = v, true; }},
    Option{"--quiet", "", "no progress lines", [](std::string_view, Draft& d) { return set_flag(d.plan.quiet); }},

    Option{"--churn", "WHAT", "instead of a load: open and close, over and over, a connection, channel or queue",
           [](std::string_view v, Draft& d) { return choose_churn(v, d.plan); }},
    Option{"--workers", "N", "that do so at once: 4",
           [](std::string_view v, Draft& d) { return positive(v, d.plan.workers); }},
    Option{"--idle-connections", "N", "instead of a load: hold N connections with a channel for the duration",
           [](std::string_view v, Draft& d) {
             return d.plan.mode = Mode::idle_connections, positive(v, d.plan.idle_connections);
           }},
    Option{"--declare-queues", "N", "instead of a load: declare N queues, hold them, delete them",
           [](std::string_view v, Draft& d) {
             return d.plan.mode = Mode::declare_queues, positive(v, d.plan.declared_queues);
           }},
};

const Option* find_option(std::string_view name) {
  for (const Option& option : kOptions)
    if (option.name == name) return &option;
  return nullptr;
}

// What is wrong with options that are right each on its own. Empty: nothing.
std::string contradiction(const Plan& plan) {
  if (plan.mode != Mode::load) return {};
  if (plan.publishers == 0 && plan.consumers == 0) return "neither publishers nor consumers leave nothing to do";
  if (plan.prefetch != 0 && plan.ack_every > plan.prefetch)
    return fmt::format("--acks {} with --prefetch {} would wait for ever", plan.ack_every, plan.prefetch);
  if (plan.exchange.empty() && (plan.bindings != 0 || !plan.bind_keys.empty())) return "bindings need an --exchange";
  if (plan.backlog != 0 && plan.consumers == 0) return "--backlog needs consumers";
  const std::size_t keys = plan.keys.empty() ? std::max(plan.bindings, plan.queues) : plan.keys.size();
  if (plan.publishers * keys > kStreamsMax)
    return fmt::format("publishers times routing keys must not exceed {}", kStreamsMax);
  for (const std::vector<std::string>* names : {&plan.keys, &plan.bind_keys})
    for (const std::string& name : *names)
      if (name.size() > limits::kShortStringBytesMax) return "a key has at most 255 bytes";
  return {};
}

Result<Done, std::string> read_addresses(const std::vector<std::string>& uris, const Address& base,
                                         std::vector<Address>& to) {
  for (const std::string& uri : uris) {
    auto address = read_uri(uri, base);
    if (!address) return std::move(address.error());
    to.push_back(std::move(*address));
  }
  return Done{};
}

}  // namespace

Result<Plan, std::string> read_plan(const std::vector<std::string>& arguments) {
  Draft draft;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i];
    const Option* option = find_option(name);
    if (option == nullptr) return fmt::format("there is no option '{}' (see --help)", name);
    std::string_view value;
    if (!option->value.empty()) {
      if (i + 1 == arguments.size()) return fmt::format("{} needs a value: {}", name, option->value);
      value = arguments[++i];
    }
    if (!option->read(value, draft)) return fmt::format("'{}' is no value for {} (see --help)", value, name);
  }
  Plan& plan = draft.plan;
  for (const auto& [uris, to] :
       {std::pair{&draft.uris, &plan.addresses}, {&draft.publish_uris, &plan.publish_addresses}})
    if (auto read = read_addresses(*uris, draft.address, *to); !read) return std::move(read.error());
  if (plan.addresses.empty()) plan.addresses.push_back(draft.address);
  if (plan.publish_addresses.empty()) plan.publish_addresses = plan.addresses;
  plan.warmup_s = draft.warmup_s.value_or(plan.count != 0 ? 0 : plan.warmup_s);
  if (std::string wrong = contradiction(plan); !wrong.empty()) return wrong;
  return std::move(plan);
}

std::string usage() {
  constexpr int kColumn = 28;
  std::string text =
      "warren-perf: load, latency and integrity of an AMQP 0-9-1 broker\n"
      "Prints progress to stderr and one JSON object to stdout.\n"
      "Exit codes: 0 good, 3 messages lost, repeated, reordered or corrupted, 64 wrong arguments, 69 trouble with the "
      "broker.\n\n";
  for (const Option& option : kOptions)
    text += fmt::format("  {:<{}}{}\n", fmt::format("{} {}", option.name, option.value), kColumn, option.meaning);
  text += fmt::format("  {:<{}}{}\n", "--help", kColumn, "this text");
  return text;
}

}  // namespace warren::perf
