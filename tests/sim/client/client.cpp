// The connection: its beginning, its ends, and the rhythm of its work.
#include "tests/sim/client/client.hpp"

#include <utility>
#include <variant>

namespace warren::sim {
namespace {

constexpr Micros kReconnectMax = 50 * kMilli;
constexpr Micros kHealedThink = 2 * kMilli;
constexpr std::string_view kGuest{"\0guest\0guest", 12};

}  // namespace

Client::Client(Scene& scene, World& world, Checks& checks, const Topology& topology, ClientPlan plan)
    : scene_(scene),
      world_(world),
      checks_(checks),
      topology_(topology),
      plan_(std::move(plan)),
      rng_(plan_.seed),
      endpoint_(world.join(*this)),
      wire_(std::in_place, *this) {}

void Client::connect() {
  wire_.emplace(*this);
  channels_.clear();
  last_number_ = 0;
  state_ = State::connecting;
  socket_ = world_.connect(endpoint_, plan_.shard);
  scene_.tell("c{} connects to shard {} with socket {}", plan_.number, plan_.shard, socket_);
  wire_->send_header();
}

void Client::on_wake() {
  wake_planned_ = false;
  if (state_ == State::away) {
    if (stage_ == Stage::leaving || (stage_ == Stage::healed && plan_.drain.empty())) return;
    silent_until_ = 0;
    connect();
  } else if (state_ == State::open && silent_until_ <= scene_.now) {
    act();
  }
  if (plan_.heartbeat_s != 0 && state_ == State::open && silent_until_ <= scene_.now &&
      scene_.now - last_sent_at_ > plan_.heartbeat_s * kSecond / 3)
    wire_->send_heartbeat();
  flush();
  think();
}

void Client::think() {
  if (wake_planned_ || gone()) return;
  wake_planned_ = true;
  if (state_ == State::away)
    world_.wake(endpoint_, 1 + below(rng_, kReconnectMax));
  else
    world_.wake(endpoint_, 1 + below(rng_, stage_ == Stage::working ? plan_.think_max : kHealedThink));
}

void Client::flush() {
  ByteBuffer& out = wire_->out();
  if (out.empty()) return;
  if (state_ != State::away) world_.send(socket_, out.view());
  last_sent_at_ = scene_.now;
  out.clear();
}

void Client::on_bytes(std::uint32_t socket, std::string_view bytes) {
  if (socket != socket_ || state_ == State::away) return;
  wire_->feed(bytes);
  flush();
}

void Client::on_ended(std::uint32_t socket, bool reset) {
  if (socket != socket_ || state_ == State::away) return;
  scene_.tell("c{} lost its connection{}", plan_.number, reset ? ": reset" : "");
  lose_connection(true);
}

void Client::on_nonsense(std::string_view what) {
  scene_.fail("the server keeps the protocol", "c{} heard {}", plan_.number, what);
}

void Client::lose_connection(bool broken) {
  bool held = false;
  bool open_transaction = false;
  for (auto& [number, channel] : channels_) {
    held |= !channel.held.empty();
    open_transaction |= !channel.uncommitted.empty() || !channel.committing.empty();
    if (!channel.failed) checks_.channel_ended(channel.uid, broken);
  }
  if (broken && held) scene_.marks.hit(Mark::death_with_held_deliveries);
  if (broken && open_transaction) scene_.marks.hit(Mark::death_in_transaction);
  channels_.clear();
  state_ = State::away;
}

void Client::die() {
  scene_.tell("c{} dies", plan_.number);
  flush();
  lose_connection(true);
  world_.drop(socket_);
}

void Client::close_connection() {
  scene_.tell("c{} closes its connection", plan_.number);
  wire_->send(0, amqp::ConnectionClose{.reply_code = 200, .reply_text = "bye"});
  state_ = State::closing;
}

void Client::heal(bool stays) {
  stage_ = stays || !plan_.drain.empty() ? Stage::healed : Stage::leaving;
  if (plan_.lazy && state_ != State::away) world_.set_reading(socket_, true);
  plan_.lazy = false;
  if (!wake_planned_) think();
}

void Client::drain(std::vector<QueueIndex> queues) {
  plan_.drain.insert(plan_.drain.end(), queues.begin(), queues.end());
  stage_ = Stage::healed;
  if (!wake_planned_) think();
}

void Client::leave() {
  stage_ = Stage::leaving;
  if (!wake_planned_) think();
}

bool Client::at_rest() const {
  if (state_ == State::away) return stage_ == Stage::leaving || plan_.drain.empty();
  if (state_ != State::open) return false;
  for (const auto& [number, channel] : channels_) {
    if (channel.failed) continue;
    if (!channel.idle() || !channel.held.empty() || !channel.unconfirmed.empty() || !channel.uncommitted.empty())
      return false;
  }
  for (const QueueIndex queue : plan_.drain)
    if (!reads(queue)) return false;
  return true;
}

std::string Client::whereabouts() const {
  std::string text = fmt::format("c{} state {}", plan_.number, static_cast<int>(state_));
  for (const auto& [number, channel] : channels_)
    text += fmt::format("; channel {} expects {}, holds {}, {} unconfirmed, {} uncommitted", number,
                        static_cast<int>(channel.expect), channel.held.size(), channel.unconfirmed.size(),
                        channel.uncommitted.size());
  return text;
}

bool Client::reads(QueueIndex queue) const {
  for (const auto& [number, channel] : channels_)
    for (const Consumer& consumer : channel.consumers)
      if (consumer.queue == queue && !consumer.gone && !consumer.cancelling && channel.usable() &&
          !(channel.expect == Expect::consume_ok && channel.asked == queue))
        return true;
  return false;
}

void Client::on_connection_method(const amqp::Method& method) {
  if (std::holds_alternative<amqp::ConnectionStart>(method)) {
    amqp::Table capabilities;
    capabilities.set("consumer_cancel_notify", true);
    capabilities.set("connection.blocked", true);
    amqp::Table properties;
    properties.set("capabilities", std::move(capabilities));
    return wire_->send(
        0,
        amqp::ConnectionStartOk{
            .client_properties = std::move(properties), .mechanism = "PLAIN", .response = kGuest, .locale = "en_US"});
  }
  if (const auto* tune = std::get_if<amqp::ConnectionTune>(&method)) {
    const std::uint32_t frame_max = rng_.one_in(2) ? tune->frame_max : limits::kFrameBytesMin;
    wire_->send(0, amqp::ConnectionTuneOk{
                       .channel_max = tune->channel_max, .frame_max = frame_max, .heartbeat = plan_.heartbeat_s});
    wire_->set_frame_max(frame_max);
    return wire_->send(0, amqp::ConnectionOpen{.virtual_host = "/"});
  }
  if (std::holds_alternative<amqp::ConnectionOpenOk>(method)) {
    state_ = State::open;
    if (plan_.lazy) world_.set_reading(socket_, false);
    return;
  }
  if (std::holds_alternative<amqp::ConnectionCloseOk>(method) && state_ == State::closing) {
    lose_connection(false);
    return world_.drop(socket_);
  }
  if (const auto* close = std::get_if<amqp::ConnectionClose>(&method)) {
    scene_.tell("c{} is refused: {}", plan_.number, close->reply_text);
    scene_.marks.hit(Mark::connection_refused);
    wire_->send(0, amqp::ConnectionCloseOk{});
    flush();
    return lose_connection(true);
  }
  if (std::holds_alternative<amqp::ConnectionBlocked>(method)) scene_.marks.hit(Mark::publishers_blocked);
}

}  // namespace warren::sim
