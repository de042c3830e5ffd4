#include "tests/sim/cluster/guest.hpp"

#include <fmt/core.h>

#include <charconv>
#include <utility>
#include <variant>

namespace warren::sim::cluster {
namespace {

constexpr ChannelNumber kChannel = 1;
constexpr std::string_view kLogin{"\0guest\0guest", 12};
// Delivery mode 2 and nothing else.
constexpr std::string_view kPersistent{"\x10\x00\x02", 3};
constexpr std::string_view kTransient{"\x10\x00\x01", 3};
constexpr std::string_view kConsumer = "c";
constexpr std::uint16_t kPrefetch = 3;
// In the mix of mirrored queues messages have more than their number, so that they go cold.
constexpr std::uint64_t kPaddingMax = 300;
constexpr char kPadding = '.';

}  // namespace

void Guest::connect(Place at, SessionId session) {
  session_ = session;
  at_ = at;
  wire_.emplace(static_cast<WireListener&>(*this));
  state_ = State::coming;
  forget_channel();
  wire_->send_header();
  scene_.tell("g{} connects to {}", number_, at);
}

void Guest::lost() {
  if (state_ == State::away) return;
  scene_.tell("g{} loses its connection", number_);
  if (declaring_ && asked_) judge_.things()[*asked_].made = Wish::open;
  declaring_ = false;
  asked_.reset();
  forget_channel();
  session_ = {};
  state_ = State::away;
}

void Guest::forget_channel() {
  published_ = 0;
  ++connections_;
  unconfirmed_.clear();
  kept_.clear();
  deliveries_.clear();
  consumes_.reset();
  consuming_ = false;
}

void Guest::hear(std::string_view bytes, const Member& home, Micros disc_seen_at) {
  home_ = &home;
  disc_seen_at_ = disc_seen_at;
  wire_->feed(bytes);
  home_ = nullptr;
}

std::string Guest::take_words() {
  std::string words(wire_->out().view());
  wire_->out().clear();
  return words;
}

std::string Guest::whereabouts() const {
  return fmt::format("g{} at {} in state {}, {} unconfirmed, {} queues left", number_, at_, static_cast<int>(state_),
                     unconfirmed_.size(), queues_left_.size());
}

void Guest::drain(std::vector<std::size_t> queues) {
  draining_ = true;
  resting_ = false;
  queues_left_ = std::move(queues);
}

// ---- deeds ----

void Guest::act(const Member& home) {
  if (state_ != State::free || resting_) return;
  if (draining_) return queues_left_.empty() ? void() : get();
  const std::uint64_t dice = rng_.below(10);
  if (dice == 0) return declare(home);
  if (dice < 6) return publish(home);
  if (mirrors_ != nullptr && dice == 6) return consume();
  if (mirrors_ != nullptr && dice == 7) return settle_late();
  get();
}

// Begins to, or ceases to.
void Guest::consume() {
  const std::vector<Thing>& things = judge_.things();
  if (consuming_) {
    if (!rng_.one_in(4)) return;
    state_ = State::waits;
    scene_.tell("g{} cancels", number_);
    return wire_->send(kChannel, amqp::BasicCancel{.consumer_tag = kConsumer});
  }
  if (things.empty()) return;
  const std::size_t queue = some_thing();
  if (!things[queue].of_guest || things[queue].made != Wish::granted) return;
  consumes_ = queue;
  state_ = State::waits;
  scene_.tell("g{} consumes {}", number_, things[queue].name);
  wire_->send(kChannel, amqp::BasicConsume{.queue = things[queue].name, .consumer_tag = kConsumer});
}

// One that it was given a while ago.
void Guest::settle_late() {
  if (deliveries_.empty()) return;
  const auto one = deliveries_.extract(deliveries_.begin());
  kept_.erase(one.mapped());
  judge_.publishes()[one.mapped()].settled = true;
  scene_.tell("g{} acknowledges {}", number_, one.mapped());
  wire_->send(kChannel, amqp::BasicAck{.delivery_tag = one.key()});
}

void Guest::declare(const Member& home) {
  if (declared_ == 3) return publish(home);
  Thing queue;
  queue.what = What::queue;
  // With copies always, or now and then (mirror_work).
  const char* kind = mirrors_ != nullptr && rng_.one_in(2) ? "m" : "g";
  queue.name = fmt::format("{}{}q{}", kind, number_, ++declared_);
  queue.owner = home.identity.self;
  queue.of_guest = true;
  queue.made = Wish::sent;
  asked_ = judge_.things().size();
  declaring_ = true;
  asked_at_ = scene_.now;
  judge_.things().push_back(queue);
  state_ = State::waits;
  wire_->send(kChannel, amqp::QueueDeclare{.queue = queue.name, .durable = true});
}

void Guest::publish(const Member& home) {
  const std::vector<Thing>& things = judge_.things();
  if (things.empty()) return;
  const std::size_t queue = some_thing();
  if (!things[queue].of_guest || things[queue].made != Wish::granted) return;
  const std::size_t message = judge_.publishes().size();
  const bool transient = mirrors_ != nullptr && rng_.one_in(3);
  const std::uint64_t sender = connections_ << 8 | number_;
  judge_.publishes().push_back({.queue = queue, .transient = transient, .sender = sender});
  if (mirrors_ != nullptr) mirrors_->published(message, home);
  unconfirmed_.emplace(++published_, message);
  std::string body = fmt::format("{}", message);
  if (mirrors_ != nullptr) body.append(rng_.below(kPaddingMax), kPadding);
  scene_.tell("g{} publishes {} to {}", number_, message, things[queue].name);
  wire_->publish(kChannel, {.exchange = "", .routing_key = things[queue].name, .mandatory = true},
                 transient ? kTransient : kPersistent, body);
}

// Of all that there is; in the mix of mirrored queues mostly one of guests.
std::size_t Guest::some_thing() {
  const std::vector<Thing>& things = judge_.things();
  std::size_t number = rng_.below(things.size());
  for (std::size_t tries = 0; mirrors_ != nullptr && !things[number].of_guest && tries < things.size(); ++tries)
    number = (number + 1) % things.size();
  return number;
}

void Guest::get() {
  const std::vector<Thing>& things = judge_.things();
  if (things.empty()) return;
  const std::size_t queue = draining_ ? queues_left_.back() : some_thing();
  if (!things[queue].of_guest || (!draining_ && things[queue].made != Wish::granted)) return;
  asked_ = queue;
  state_ = State::waits;
  scene_.tell("g{} asks for one of {}", number_, things[queue].name);
  wire_->send(kChannel, amqp::BasicGet{.queue = things[queue].name, .no_ack = draining_});
}

// ---- what it hears ----

void Guest::handshake(const amqp::Method& method) {
  if (std::holds_alternative<amqp::ConnectionStart>(method))
    return wire_->send(0, amqp::ConnectionStartOk{.mechanism = "PLAIN", .response = kLogin, .locale = "en_US"});
  if (const auto* tune = std::get_if<amqp::ConnectionTune>(&method)) {
    wire_->send(0, amqp::ConnectionTuneOk{.channel_max = tune->channel_max, .frame_max = tune->frame_max});
    wire_->set_frame_max(tune->frame_max);
    return wire_->send(0, amqp::ConnectionOpen{.virtual_host = "/"});
  }
  if (std::holds_alternative<amqp::ConnectionOpenOk>(method)) return wire_->send(kChannel, amqp::ChannelOpen{});
  if (std::holds_alternative<amqp::ChannelOpenOk>(method)) return wire_->send(kChannel, amqp::ConfirmSelect{});
  if (!std::holds_alternative<amqp::ConfirmSelectOk>(method)) return;
  if (mirrors_ != nullptr) wire_->send(kChannel, amqp::BasicQos{.prefetch_count = kPrefetch});
  state_ = State::free;
}

void Guest::on_method(ChannelNumber, const amqp::Method& method) {
  if (state_ == State::coming) handshake(method);
  if (const auto* ack = std::get_if<amqp::BasicAck>(&method)) return confirm(ack->delivery_tag, ack->multiple, true);
  if (const auto* nack = std::get_if<amqp::BasicNack>(&method))
    return confirm(nack->delivery_tag, nack->multiple, false);
  if (std::holds_alternative<amqp::QueueDeclareOk>(method)) {
    declaring_ = false;
    judge_.granted(*std::exchange(asked_, {}), false, *home_, disc_seen_at_);
    state_ = State::free;
  } else if (std::holds_alternative<amqp::BasicConsumeOk>(method)) {
    consuming_ = true;
    state_ = State::free;
  } else if (std::holds_alternative<amqp::BasicCancelOk>(method)) {
    consuming_ = false;
    state_ = State::free;
  } else if (std::holds_alternative<amqp::BasicCancel>(method)) {
    consuming_ = false;
  } else if (std::holds_alternative<amqp::BasicGetEmpty>(method)) {
    asked_.reset();
    if (draining_ && !queues_left_.empty()) queues_left_.pop_back();
    state_ = State::free;
  } else if (const auto* close = std::get_if<amqp::ChannelClose>(&method)) {
    scene_.tell("g{} is refused: {}", number_, close->reply_text);
    if (declaring_ && asked_) judge_.things()[*asked_].made = Wish::open;
    // Where its node is only down it asks again.
    if (!declaring_ && close->reply_text.starts_with("NOT_FOUND - no queue")) queue_is_gone();
    declaring_ = false;
    asked_.reset();
    forget_channel();
    state_ = State::coming;
    wire_->send(kChannel, amqp::ChannelCloseOk{});
    wire_->send(kChannel, amqp::ChannelOpen{});
  } else if (std::holds_alternative<amqp::ConnectionClose>(method)) {
    wire_->send(0, amqp::ConnectionCloseOk{});
  }
}

// Who empties has nothing to do there.
void Guest::queue_is_gone() {
  if (draining_ && !queues_left_.empty()) queues_left_.pop_back();
}

// Which message it is. None: nobody put that there.
std::optional<std::size_t> Guest::read(std::string_view body, std::optional<std::size_t> queue) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), number);
  const std::string_view rest = body.substr(static_cast<std::size_t>(end - body.data()));
  const bool padded = mirrors_ != nullptr && rest.find_first_not_of(kPadding) == std::string_view::npos;
  if (error != std::errc{} || !(rest.empty() || padded) || number >= judge_.publishes().size()) return std::nullopt;
  if (!queue || judge_.publishes()[number].queue != *queue) return std::nullopt;
  return number;
}

void Guest::on_content(ChannelNumber, const amqp::Method& method, std::string_view, std::string_view body) {
  const auto* got = std::get_if<amqp::BasicGetOk>(&method);
  const auto* delivered = std::get_if<amqp::BasicDeliver>(&method);
  if (got == nullptr && delivered == nullptr) {  // returned: it was not routed, and is confirmed nevertheless
    std::size_t number = 0;
    std::from_chars(body.data(), body.data() + body.size(), number);
    if (number < judge_.publishes().size()) judge_.publishes()[number].settled = true;
    return;
  }
  const std::optional<std::size_t> number = read(body, got != nullptr ? asked_ : consumes_);
  if (!number)
    return scene_.fail("messages stay what they are", "g{} got '{}' from a queue where nobody put it", number_, body);
  if (delivered != nullptr) return take_in(*number, delivered->delivery_tag, delivered->redelivered, true);
  asked_.reset();
  state_ = State::free;
  take_in(*number, got->delivery_tag, got->redelivered, false);
}

void Guest::take_in(std::size_t number, std::uint64_t tag, bool redelivered, bool consumed) {
  Publish& publish = judge_.publishes()[number];
  scene_.tell("g{} gets {}", number_, number);
  ++judge_.counts["messages got"];
  if (mirrors_ != nullptr && !draining_) mirrors_->got(number, *home_, redelivered);
  if (mirrors_ != nullptr && draining_) mirrors_->drained(number, redelivered);
  if (draining_) {
    publish.seen = true;
  } else if (resting_ || consumed || rng_.one_in(4)) {
    kept_.insert(number);
    if (consumed) deliveries_.emplace(tag, number);
    ++judge_.counts["messages kept back"];  // until it is acknowledged, or the connection ends
  } else {
    publish.settled = true;
    wire_->send(kChannel, amqp::BasicAck{.delivery_tag = tag});
  }
}

void Guest::confirm(std::uint64_t tag, bool multiple, bool good) {
  auto first = multiple ? unconfirmed_.begin() : unconfirmed_.find(tag);
  while (first != unconfirmed_.end() && first->first <= tag) {
    judge_.publishes()[first->second].confirmed = good;
    if (mirrors_ != nullptr && good) mirrors_->confirmed(first->second, *home_);
    scene_.tell("g{} hears that {} is {}", number_, first->second, good ? "kept" : "not kept");
    ++judge_.counts[good ? "messages confirmed" : "messages nacked"];
    first = unconfirmed_.erase(first);
  }
}

void Guest::on_nonsense(std::string_view what) {
  scene_.fail("the server keeps the protocol", "g{} heard {}", number_, what);
}

}  // namespace warren::sim::cluster
