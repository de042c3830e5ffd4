#include "tools/perf/client/link.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "amqp/frame_writer.hpp"
#include "amqp/wire/frame_rules.hpp"

namespace warren::perf {
namespace {

// How long the broker may take for an answer. Declaring ten thousand queues at once takes a while.
constexpr int kAnswer_ms = 60'000;

amqp::Table client_properties() {
  amqp::Table capabilities;
  for (const char* name : {"authentication_failure_close", "basic.nack", "connection.blocked", "consumer_cancel_notify",
                           "publisher_confirms"})
    capabilities.set(name, true);
  amqp::Table properties;
  properties.set("product", "warren-perf");
  properties.set("version", WARREN_VERSION);
  properties.set("capabilities", std::move(capabilities));
  return properties;
}

struct AddressList {
  addrinfo* first = nullptr;
  ~AddressList() {
    if (first != nullptr) freeaddrinfo(first);
  }
};

}  // namespace

Link::Link(const Address& to, const LinkSettings& settings)
    : name_(fmt::format("{}:{}", to.host, to.port)),
      frame_max_(settings.frame_max),
      read_bytes_(settings.read_bytes),
      buffer_(std::make_unique_for_overwrite<char[]>(settings.read_bytes)) {
  connect(to);
  try {
    handshake(to);
  } catch (...) {
    ::close(socket_);
    throw;
  }
}

Link::~Link() { ::close(socket_); }

void Link::connect(const Address& to) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  AddressList found;
  if (const int error = getaddrinfo(to.host.c_str(), std::to_string(to.port).c_str(), &hints, &found.first); error != 0)
    throw Trouble(fmt::format("cannot find {}: {}", to.host, gai_strerror(error)));
  int error = 0;
  for (const addrinfo* at = found.first; at != nullptr; at = at->ai_next) {
    socket_ = ::socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
    if (socket_ >= 0 && ::connect(socket_, at->ai_addr, at->ai_addrlen) == 0) break;
    error = errno;
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }
  if (socket_ < 0) throw Trouble(fmt::format("cannot connect to {}: {}", name_, std::strerror(error)));
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(socket_, F_SETFL, fcntl(socket_, F_GETFL) | O_NONBLOCK);
}

void Link::handshake(const Address& to) {
  reader_.set_frame_max(0);
  out_.append(amqp::kProtocolHeader);
  await<amqp::ConnectionStart>(0);
  const std::string plain = std::string(1, '\0') + to.user + std::string(1, '\0') + to.password;
  const auto tune = call<amqp::ConnectionTune>(
      0, amqp::ConnectionStartOk{
             .client_properties = client_properties(), .mechanism = "PLAIN", .response = plain, .locale = "en_US"});
  if (tune.frame_max != 0) frame_max_ = std::min(frame_max_, tune.frame_max);
  // No heartbeats: a generator that is busy elsewhere must not be cut off.
  amqp::append_method_frame(out_, 0, amqp::ConnectionTuneOk{.channel_max = tune.channel_max, .frame_max = frame_max_});
  call<amqp::ConnectionOpenOk>(0, amqp::ConnectionOpen{.virtual_host = to.vhost});
}

bool Link::send_some(std::string_view& bytes) {
  while (!bytes.empty() && !full_) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0)
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    else if (errno == EAGAIN)
      full_ = true;
    else if (errno != EINTR)
      throw Trouble(fmt::format("cannot send to {}: {}", name_, std::strerror(errno)));
  }
  return bytes.empty();
}

bool Link::flush() {
  if (out_.empty()) return true;
  std::string_view rest = out_.view().substr(out_taken_);
  const bool all = send_some(rest);
  out_taken_ = out_.size() - rest.size();
  if (!all) return false;
  out_.clear();
  out_taken_ = 0;
  return true;
}

bool Link::receive() {
  while (true) {
    const ssize_t got = ::recv(socket_, buffer_.get(), read_bytes_, 0);
    if (got > 0) {
      reader_.feed({buffer_.get(), static_cast<std::size_t>(got)});
      return true;
    }
    if (got == 0) throw Trouble(fmt::format("{} closed the connection without a word", name_));
    if (errno == EAGAIN) return false;
    if (errno != EINTR) throw Trouble(fmt::format("cannot read from {}: {}", name_, std::strerror(errno)));
  }
}

bool Link::read_frame(amqp::Frame& frame) {
  switch (reader_.next(frame)) {
    case amqp::FrameReader::Next::wait: return false;
    case amqp::FrameReader::Next::error:
      throw Trouble(fmt::format("{} does not speak AMQP 0-9-1: {}", name_, reader_.error()));
    case amqp::FrameReader::Next::frame: break;
  }
  if (!amqp::is_well_placed(frame))
    throw Trouble(fmt::format("{} sent a frame that has no place: type {}", name_, frame.type));
  return true;
}

bool Link::next(amqp::Frame& frame) {
  while (read_frame(frame))
    if (!absorb(frame)) return true;
  return false;
}

// What concerns the whole connection, or ends a channel.
bool Link::absorb(const amqp::Frame& frame) {
  if (!frame.is(amqp::FrameType::method)) return frame.channel == 0;
  const amqp::MethodId id = amqp::method_id(frame.payload);
  const std::string_view arguments = amqp::method_arguments(frame.payload);
  if (id == amqp::ConnectionClose::id || id == amqp::ChannelClose::id) {
    amqp::ConnectionClose close;  // a channel's has the same fields
    if (amqp::decode(arguments, close) != amqp::DecodeStatus::ok) fail_decoding(close.name);
    throw Trouble(fmt::format("{} closed the {}: {} {}", name_, id == amqp::ChannelClose::id ? "channel" : "connection",
                              close.reply_code, close.reply_text));
  }
  if (id == amqp::ConnectionBlocked::id) {
    blocked_ = true;
    ++times_blocked_;
  } else if (id == amqp::ConnectionUnblocked::id) {
    blocked_ = false;
  } else if (id == amqp::ChannelFlow::id) {
    flow_ = !arguments.empty() && arguments[0] != 0;
    amqp::append_method_frame(out_, frame.channel, amqp::ChannelFlowOk{.active = flow_});
  } else {
    return frame.channel == 0;
  }
  return true;
}

std::string_view Link::await(ChannelNumber channel, amqp::MethodId id, std::string_view name) {
  amqp::Frame frame;
  while (true) {
    while (read_frame(frame)) {
      if (frame.channel == channel && frame.is(amqp::FrameType::method) && amqp::method_id(frame.payload) == id)
        return amqp::method_arguments(frame.payload);
      absorb(frame);
    }
    flush_all();
    wait_readable(name);
    receive();
  }
}

void Link::wait_readable(std::string_view awaited) {
  pollfd ready{socket_, POLLIN, 0};
  if (poll(&ready, 1, kAnswer_ms) == 0)
    throw Trouble(fmt::format("{} did not send {} within {} seconds", name_, awaited, kAnswer_ms / 1000));
}

void Link::flush_all() {
  while (!flush()) {
    pollfd ready{socket_, POLLOUT, 0};
    if (poll(&ready, 1, kAnswer_ms) == 0) throw Trouble(fmt::format("{} does not read what it is sent", name_));
    writable();
  }
}

void Link::fail_decoding(std::string_view method) const {
  throw Trouble(fmt::format("{} sent {} in a form that cannot be read", name_, method));
}

void Link::open_channel(ChannelNumber channel) { call<amqp::ChannelOpenOk>(channel, amqp::ChannelOpen{}); }

void Link::close() { call<amqp::ConnectionCloseOk>(0, amqp::ConnectionClose{.reply_code = 200, .reply_text = "done"}); }

}  // namespace warren::perf
