#include "tests/sim/client/admin.hpp"

#include <utility>
#include <variant>

namespace warren::sim {
namespace {

constexpr ChannelNumber kChannel = 1;
constexpr std::string_view kAdminResponse{"\0guest\0guest", 12};

}  // namespace

void Admin::connect(std::uint32_t shard) {
  open_ = false;
  gone_ = false;
  wire_.emplace(*this);
  socket_ = world_.connect(endpoint_, shard);
  world_.spare(socket_);
  wire_->send_header();
  flush();
}

void Admin::ask(std::vector<amqp::Method> methods) {
  methods_ = std::move(methods);
  at_ = 0;
  counts_.clear();
  if (open_) ask_next();
}

void Admin::ask_next() {
  if (!done()) amqp::append_method_frame(wire_->out(), kChannel, methods_[at_]);
  flush();
}

void Admin::flush() {
  world_.send(socket_, wire_->out().view());
  wire_->out().clear();
}

void Admin::leave() {
  wire_->send(0, amqp::ConnectionClose{.reply_code = 200, .reply_text = "done"});
  flush();
}

void Admin::on_bytes(std::uint32_t socket, std::string_view bytes) {
  if (socket != socket_) return;
  wire_->feed(bytes);
  flush();
}

void Admin::on_ended(std::uint32_t socket, bool) {
  if (socket != socket_) return;
  open_ = false;
  gone_ = true;
}

void Admin::on_nonsense(std::string_view what) {
  scene_.fail("the server keeps the protocol", "the admin heard {}", what);
}

void Admin::on_method(ChannelNumber, const amqp::Method& method) {
  if (std::holds_alternative<amqp::ConnectionStart>(method))
    return wire_->send(0, amqp::ConnectionStartOk{.mechanism = "PLAIN", .response = kAdminResponse, .locale = "en_US"});
  if (const auto* tune = std::get_if<amqp::ConnectionTune>(&method)) {
    wire_->send(0, amqp::ConnectionTuneOk{.channel_max = tune->channel_max, .frame_max = tune->frame_max});
    wire_->set_frame_max(tune->frame_max);
    return wire_->send(0, amqp::ConnectionOpen{.virtual_host = "/"});
  }
  if (std::holds_alternative<amqp::ConnectionOpenOk>(method)) return wire_->send(kChannel, amqp::ChannelOpen{});
  if (std::holds_alternative<amqp::ConnectionCloseOk>(method)) {
    gone_ = true;
    return world_.drop(socket_);
  }
  if (std::holds_alternative<amqp::ConnectionClose>(method) || std::holds_alternative<amqp::ChannelClose>(method))
    return scene_.fail("plain wishes are granted", "the admin heard {}", amqp::print(method));
  if (std::holds_alternative<amqp::ChannelOpenOk>(method)) {
    open_ = true;
    return ask_next();
  }
  if (const auto* declared = std::get_if<amqp::QueueDeclareOk>(&method)) counts_.push_back(declared->message_count);
  ++at_;
  ask_next();
}

}  // namespace warren::sim
