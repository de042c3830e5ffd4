#include "tests/broker/session/transcript.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>
#include <variant>

#include "amqp/codec.hpp"
#include "amqp/frame_writer.hpp"
#include "tests/broker/queue/queue_fixture.hpp"
#include "tests/broker/session/mail_text.hpp"
#include "tests/broker/session/method_reader.hpp"

namespace warren::broker::session::testing {
namespace {

std::string_view take_word(std::string_view& rest) {
  const std::string_view word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(std::min(rest.size(), word.size() + 1));
  return word;
}

constexpr std::string_view kCapabilities =
    "authentication_failure_close=true, consumer_cancel_notify=true, connection.blocked=true";

ChannelNumber channel_number(std::string_view word) { return static_cast<ChannelNumber>(std::stoi(std::string(word))); }

}  // namespace

std::vector<std::string> Transcript::react(std::string_view input) {
  lines_.clear();
  if (!carry_out(input)) return {"not understood: " + std::string(input)};
  session_.end_step(around_.context);
  show_output();
  show_queue_mail();
  show_proposals();
  for (std::string& line : std::exchange(around_.log, {})) show("log " + line);
  if (session_.wants_close() && !std::exchange(cut_, true)) show("closes the socket");
  return std::exchange(lines_, {});
}

bool Transcript::carry_out(std::string_view input) {
  const std::string_view what = take_word(input);
  if (what == "client") return on_client(input);
  if (what == "queue") return on_queue(input);
  if (what == "late") return take_word(input) == "queue" && on_queue(input, true);
  if (what == "registrar") return on_registrar();
  if (what == "open") return open(input == "deaf" ? "" : kCapabilities);
  if (what == "declared") return declare(input), true;
  if (what == "deleted") return forget(input), true;
  if (what == "node") return on_node(input);
  if (what == "mirrored") return mirror(input), true;
  if (what == "moved") return on_moved(input);
  if (what == "user") {
    around_.apply(PutUser{{std::string(input), hash_password(input, 1), {}}});
    return true;
  }
  if (what == "vhost") {
    around_.apply(AddVhost{std::string(input)});
    return true;
  }
  if (what == "permission") return on_permission(input);
  if (what == "topic") return on_topic(input);
  if (what == "limit") {
    around_.apply(SetVhostLimits{"/", {{}, static_cast<std::uint32_t>(std::stoul(std::string(input)))}});
    return true;
  }
  if (what == "alarm") {
    around_.context.alarms = input == "memory" ? kMemoryAlarm : kNoAlarm;
    session_.reconsider_reading(around_.context);
    return true;
  }
  if (what == "pass") {
    around_.now.instant_ms += std::stoll(std::string(input));
    if (session_.next_deadline() <= around_.now.instant_ms) session_.tick(around_.context);
    return true;
  }
  return false;
}

bool Transcript::open(std::string_view capabilities) {
  ByteBuffer bytes;
  bytes.append(amqp::kProtocolHeader);
  for (const std::string& method :
       {"connection.start-ok mechanism='PLAIN' response='\\x00guest\\x00guest' locale='en_US' "
        "client-properties={capabilities={" +
            std::string(capabilities) + "}}",
        std::string("connection.tune-ok channel-max=100 frame-max=131072 heartbeat=0"),
        std::string("connection.open virtual-host='/'")})
    append_method_text(bytes, 0, method);
  append_method_text(bytes, 1, "channel.open");
  receive(bytes.view());
  session_.output().clear();
  return session_.running();
}

bool Transcript::on_client(std::string_view rest) {
  if (rest == "sends AMQP 0-9-1") return receive(amqp::kProtocolHeader), true;
  if (rest.starts_with("sends ")) {
    rest.remove_prefix(6);
    return receive(take_quoted(rest)), true;
  }
  if (rest == "is gone") return session_.peer_gone(around_.context), true;
  const ChannelNumber channel = channel_number(take_word(rest));
  ByteBuffer bytes;
  if (rest.starts_with("content ")) {
    rest.remove_prefix(8);
    const std::string body = take_quoted(rest);
    amqp::append_content_header_frame(bytes, channel, body.size(), amqp::kNoProperties);
    if (!body.empty()) amqp::append_body_frame(bytes, channel, body);
  } else if (rest == "heartbeat") {
    amqp::append_heartbeat(bytes);
  } else if (!append_method_text(bytes, channel, rest)) {
    return false;
  }
  receive(bytes.view());
  return true;
}

// "q to 1: event". Late: of the reign before.
bool Transcript::on_queue(std::string_view rest, bool late) {
  const std::string_view name = take_word(rest);
  if (take_word(rest) != "to") return false;
  std::string_view channel = take_word(rest);
  if (!channel.ends_with(':')) return false;
  channel.remove_suffix(1);
  QueueRef queue{{}, Epoch(1)};
  for (const auto& [id, known] : names_)
    if (known == name) queue.id = id;
  if (const QueueDefinition* definition = around_.catalog.queue(queue.id)) queue = definition->ref;
  if (late) --queue.epoch.value;
  const auto ref = channels_.find(channel_number(channel));
  std::optional<QueueEvent> event =
      read_event_text(queue, ref == channels_.end() ? ChannelRef{1, channel_number(channel)} : ref->second, rest);
  if (!event) return false;
  session_.deliver(*event, around_.context);
  return true;
}

// "PATTERN": queues of such names have mirrors on all nodes. "PATTERN alone": they might, but have none.
void Transcript::mirror(std::string_view rest) {
  const std::string pattern(take_word(rest));
  around_.mirror(pattern, rest == "alone" ? 1 : 0);
}

// "QUEUE", "QUEUE on NODE", "QUEUE on NODE durable".
void Transcript::declare(std::string_view rest) {
  const std::string name(take_word(rest));
  NodeId owner = kNode;
  if (take_word(rest) == "on") owner = around_.catalog.find_node(take_word(rest))->id;
  names_[around_.declare(name, owner, rest == "durable").id] = name;
}

// "QUEUE": somebody else deleted it.
void Transcript::forget(std::string_view rest) {
  around_.apply(DeleteQueue{around_.catalog.find_queue(around_.catalog.find_vhost("/")->id, rest)->ref.id});
}

// "NODE": there is such a node, and it runs. "NODE down": it was agreed that it does not. "NODE lost": its mail is.
// "NODE again": another process of it runs.
bool Transcript::on_node(std::string_view rest) {
  const std::string name(take_word(rest));
  if (rest.empty()) return around_.add_node(name), true;
  const NodeId node = around_.catalog.find_node(name)->id;
  if (rest == "down") return apply(NodeDown{node, 1}), true;
  if (rest == "again") return apply(NodeUp{node, 2, "", 0}), true;
  if (rest == "lost") return session_.peer_lost(node, around_.context), true;
  if (rest == "restarted") return session_.peer_restarted(node, around_.context), true;
  return false;
}

// "QUEUE to NODE": it was handed over in order. "told": the session hears of all moves that it has not heard of. Behind
// "at least": there may have been others before.
bool Transcript::on_moved(std::string_view rest) {
  constexpr std::string_view at_least = "at least ";
  const bool missed = rest.starts_with(at_least);
  if (missed) rest.remove_prefix(at_least.size());
  if (rest != "told") {
    const QueueDefinition* queue = around_.catalog.find_queue(around_.catalog.find_vhost("/")->id, take_word(rest));
    if (queue == nullptr || take_word(rest) != "to") return false;
    apply(TransferQueue{queue->ref.id, queue->ref.epoch, around_.catalog.find_node(rest)->id});
  }
  if (missed) session_.moves_missed(moves_, around_.context);
  session_.queues_moved(std::exchange(moves_, {}), around_.context);
  return true;
}

void Transcript::apply(const Command& command) {
  for (const Change& change : around_.apply(command).changes)
    if (const auto* moved = std::get_if<QueueMoved>(&change)) moves_.push_back(*moved);
}

// "'CONFIGURE' 'WRITE' 'READ'".
bool Transcript::on_permission(std::string_view rest) {
  SetPermission permission{"/", "guest", {}, {}, {}};
  for (std::string* pattern : {&permission.configure, &permission.write, &permission.read}) {
    *pattern = take_quoted(rest);
    rest.remove_prefix(std::min<std::size_t>(rest.size(), 1));
  }
  around_.apply(permission);
  return true;
}

// "'EXCHANGE' 'WRITE' 'READ'".
bool Transcript::on_topic(std::string_view rest) {
  SetTopicPermission permission{"/", "guest", {}, {}, {}};
  for (std::string* text : {&permission.exchange, &permission.write, &permission.read}) {
    *text = take_quoted(rest);
    rest.remove_prefix(std::min<std::size_t>(rest.size(), 1));
  }
  around_.apply(permission);
  return true;
}

// The registrar carries out all that it was asked.
bool Transcript::on_registrar() {
  if (undecided_.empty()) return false;
  for (Propose& proposal : std::exchange(undecided_, {})) {
    Result<Applied, Refusal> applied = around_.catalog.apply(proposal.command);
    Decided decided{proposal.channel, {}, applied.ok() && !applied->changes.empty()};
    if (!applied) decided.refusal = applied.error();
    Letter letter{proposal.from, std::move(decided)};
    if (proposal.from.id) session_.deliver(letter, around_.context);
  }
  return true;
}

// ---- what the session did ----

void Transcript::show_output() {
  Output& out = session_.output();
  std::string bytes;
  std::size_t at = 0;
  for (const BodyPiece& piece : out.pieces()) {
    bytes += out.bytes().view().substr(at, piece.before - at);
    at = piece.before;
    bytes += piece.message->body().substr(piece.first, piece.bytes);
  }
  bytes += out.bytes().view().substr(at);
  out.clear();
  std::string_view rest = bytes;
  if (rest.starts_with("AMQP")) {
    show(fmt::format("client is sent AMQP {} {} {} {}", +rest[4], +rest[5], +rest[6], +rest[7]));
    rest.remove_prefix(amqp::kProtocolHeaderBytes);
  }
  amqp::FrameReader reader;
  reader.set_frame_max(0);
  reader.feed(rest);
  amqp::Frame frame;
  while (reader.next(frame) == amqp::FrameReader::Next::frame) show_frame(frame);
}

void Transcript::show_frame(const amqp::Frame& frame) {
  if (frame.is(amqp::FrameType::heartbeat)) return show("client 0 heartbeat");
  if (frame.is(amqp::FrameType::body)) return show(fmt::format("client {} body '{}'", frame.channel, frame.payload));
  if (frame.is(amqp::FrameType::header))
    return show(
        fmt::format("client {} content of {} bytes", frame.channel, load_big<std::uint64_t>(frame.payload.data() + 4)));
  amqp::Method method;
  if (amqp::decode_method(frame.payload, method) != amqp::DecodeStatus::ok) return show("client is sent no method");
  show(fmt::format("client {} {}", frame.channel, amqp::print(method)));
}

std::string Transcript::queue_name(QueueRef queue) {
  if (const QueueDefinition* definition = around_.catalog.queue(queue.id)) names_[queue.id] = definition->name;
  return names_[queue.id] + (queue.epoch.value < 2 ? "" : fmt::format(" in reign {}", queue.epoch.value));
}

void Transcript::show_queue_mail() {
  for (const QueueMail& mail : std::exchange(around_.queue_mail, {})) {
    std::visit(
        [this](const auto& command) {
          if constexpr (requires { command.channel; }) channels_[command.channel.number] = command.channel;
        },
        mail.command);
    show(fmt::format("queue {}: {}", queue_name(mail.to), print(mail.command)));
  }
}

void Transcript::show_proposals() {
  for (Propose& proposal : std::exchange(around_.proposals, {})) {
    if (const auto* removal = std::get_if<DeleteQueue>(&proposal.command))
      show("registrar: delete queue " + queue_name({removal->queue, {}}));
    else
      show("registrar: " + print(proposal.command));
    undecided_.push_back(std::move(proposal));
  }
}

// ---- comparing ----

namespace {

// What a transcript says may end with "..." where the rest does not matter.
bool same(std::string_view said, std::string_view done) {
  return said.ends_with("...") ? done.starts_with(said.substr(0, said.size() - 3)) : said == done;
}

bool same(const std::vector<std::string>& said, const std::vector<std::string>& done) {
  if (said.size() != done.size()) return false;
  for (std::size_t i = 0; i < said.size(); ++i)
    if (!same(said[i], done[i])) return false;
  return true;
}

}  // namespace

std::string mistakes(std::string_view text) {
  std::string found;
  std::optional<Transcript> transcript(std::in_place);
  std::string input;
  std::vector<std::string> said;
  const auto close = [&] {
    if (input.empty()) return;
    const std::vector<std::string> done = transcript->react(input);
    if (same(said, done)) return;
    found += fmt::format("after: {}\n", input);
    for (const std::string& line : said) found += fmt::format("  said {}\n", line);
    for (const std::string& line : done) found += fmt::format("  done {}\n", line);
  };
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    if (line == "anew") {
      close();
      input.clear();
      transcript.emplace();
      continue;
    }
    if (line.starts_with(' ')) {
      said.push_back(line.substr(line.find_first_not_of(' ')));
      continue;
    }
    close();
    input = line;
    said.clear();
  }
  close();
  return found;
}

}  // namespace warren::broker::session::testing
