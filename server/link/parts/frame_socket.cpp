#include "server/link/parts/frame_socket.hpp"

#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

namespace warren::server {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using cluster::LinkFrame;

namespace {

// One read, and what is read before others get their turn.
constexpr std::size_t kReadBytes = 64 << 10;
constexpr std::size_t kTurnBytes = 512 << 10;
// One write.
constexpr std::size_t kGatheredMax = 64;
// One read inside TLS; no more than that is unsealed at a time.
constexpr std::size_t kReadSealedBytes = 32 << 10;
static_assert(kReadSealedBytes <= kTlsPieceBytes);
// Of an input buffer that has nothing to hold any more.
constexpr std::size_t kInputBytesKept = 1 << 20;

constexpr std::chrono::seconds kLeave{1};

// A machine that vanished without a word is noticed within seconds.
void notice_silence(tcp::socket& socket) {
  const int handle = socket.native_handle();
  const auto set = [&](int level, int option, int value) { ::setsockopt(handle, level, option, &value, sizeof value); };
  constexpr int kIdle_s = 5;
  constexpr int kProbes = 3;
  constexpr int kUnanswered_ms = 10'000;
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, kIdle_s);
  set(IPPROTO_TCP, TCP_KEEPINTVL, kIdle_s);
  set(IPPROTO_TCP, TCP_KEEPCNT, kProbes);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, kUnanswered_ms);
}

std::string address_of(const tcp::socket& socket) {
  error_code error;
  const tcp::endpoint remote = socket.remote_endpoint(error);
  return error ? "an unknown address" : fmt::format("{}:{}", remote.address().to_string(), remote.port());
}

FrameBytes counted(std::string_view bytes) {
  ByteBuffer buffer;
  buffer.append(bytes);
  return std::make_shared<const ByteBuffer>(std::move(buffer));
}

}  // namespace

FrameBytes make_frame(LinkFrame kind, std::string_view payload) {
  std::string header;
  cluster::append_frame_header(header, kind, payload.size());
  ByteBuffer buffer;
  buffer.append(header);
  buffer.append(payload);
  return std::make_shared<const ByteBuffer>(std::move(buffer));
}

FrameSocket::FrameSocket(tcp::socket socket, const TlsContext* tls, TlsLayer::Side side)
    : socket_(std::move(socket)), leave_(socket_.get_executor()), peer_address_(address_of(socket_)) {
  if (tls != nullptr) tls_ = std::make_unique<TlsLayer>(*tls, side);
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
  notice_silence(socket_);
}

void FrameSocket::start(User user) {
  user_ = std::make_shared<const User>(std::move(user));
  wait_readable();
  if (tls_) flush_soon();
}

void FrameSocket::hand_to(User user, std::size_t payload_bytes_max) {
  user_ = std::make_shared<const User>(std::move(user));
  payload_bytes_max_ = payload_bytes_max;
}

void FrameSocket::wait_readable() {
  if (closed_) return;
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
    if (!error) self->on_readable();
  });
}

void FrameSocket::on_readable() {
  // Little from strangers.
  const std::size_t at_once = std::min(tls_ ? kReadSealedBytes : kReadBytes, payload_bytes_max_);
  for (std::size_t read = 0; read < kTurnBytes && !closed_;) {
    error_code error;
    const std::size_t bytes = tls_ ? read_sealed(at_once, error) : read_plain(at_once, error);
    if (error == asio::error::would_block) break;
    if (error) return fail(error == asio::error::eof ? "the other side closed the connection" : error.message());
    read += bytes;
    if (!(tls_ ? unseal() : take_input())) return;
    if (bytes < at_once) break;
  }
  wait_readable();
}

std::size_t FrameSocket::read_plain(std::size_t bytes_max, error_code& error) {
  const std::size_t before = input_.size();
  char* to = input_.extend(bytes_max);
  const std::size_t bytes = socket_.read_some(asio::buffer(to, bytes_max), error);
  input_.truncate(before + bytes);
  return bytes;
}

std::size_t FrameSocket::read_sealed(std::size_t bytes_max, error_code& error) {
  std::array<char, kReadSealedBytes> sealed;
  const std::size_t bytes = socket_.read_some(asio::buffer(sealed.data(), bytes_max), error);
  // Else nobody listens any more.
  if (!error && !close_when_written_) tls_->feed({sealed.data(), bytes});
  return bytes;
}

// False: there is nothing to go on with.
bool FrameSocket::unseal() {
  while (!close_when_written_) {
    const std::size_t before = input_.size();
    const std::size_t piece = std::min(kReadSealedBytes, payload_bytes_max_);
    char* to = input_.extend(piece);
    const std::size_t bytes = tls_->read(to, piece);
    input_.truncate(before + bytes);
    if (bytes == 0) break;
    if (!take_input()) return false;
  }
  if (close_when_written_) return true;
  if (!tls_->trouble().empty()) on_tls_trouble();
  if (closed_) return false;
  if (tls_->has_output() || !output_.empty()) flush_soon();
  return true;
}

bool FrameSocket::take_input() { return take_preamble() && take_frames(); }

bool FrameSocket::take_preamble() {
  if (has_preamble_ || input_.size() < cluster::kPreambleBytes) return true;
  has_preamble_ = true;
  consumed_ = cluster::kPreambleBytes;
  const std::shared_ptr<const User> user = user_;
  user->preamble(input_.view().substr(0, cluster::kPreambleBytes));
  return !closed_;
}

bool FrameSocket::take_frames() {
  while (has_preamble_ && !close_when_written_) {
    const cluster::FrameView frame = cluster::next_frame(input_.view().substr(consumed_), payload_bytes_max_);
    if (frame.state == cluster::FrameView::State::too_long) {
      fail(fmt::format("a frame of {} bytes is longer than allowed", frame.bytes));
      return false;
    }
    if (frame.state == cluster::FrameView::State::unfinished) break;
    consumed_ += frame.bytes;
    // The user may hand the socket on.
    const std::shared_ptr<const User> user = user_;
    user->frame(frame.kind, frame.payload);
    if (closed_) return false;
  }
  // Nobody listens any more.
  if (close_when_written_) consumed_ = input_.size();
  // A long frame that is still coming is not moved again and again.
  if (consumed_ >= input_.size() / 2) {
    input_.drop_front(consumed_);
    consumed_ = 0;
  }
  if (input_.empty() && input_.capacity() > kInputBytesKept) input_.release();
  return true;
}

void FrameSocket::send(std::string bytes) { send(counted(bytes)); }

void FrameSocket::send(FrameBytes bytes) {
  if (closed_ || close_when_written_ || bytes->empty()) return;
  waiting_bytes_ += bytes->size();
  output_.push_back(std::move(bytes));
  flush_soon();
}

// Not now: more may follow in the same turn.
void FrameSocket::flush_soon() {
  if (std::exchange(writing_, true)) return;
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->flush(); });
}

void FrameSocket::flush() {
  if (closed_) return;
  tls_ ? seal() : gather();
  if (tls_ && !close_when_written_ && !tls_->trouble().empty()) on_tls_trouble();
  if (closed_) return;
  if (gathered_.empty()) {
    writing_ = false;
    if (close_when_written_) take_leave();
    return;
  }
  socket_.async_write_some(gathered_, [self = shared_from_this()](error_code error, std::size_t bytes) {
    if (self->closed_) return;
    if (error) return self->fail(error.message());
    self->on_written(bytes);
  });
}

void FrameSocket::gather() {
  gathered_.clear();
  for (std::size_t i = 0; i < output_.size() && i < kGatheredMax; ++i) {
    const std::size_t skip = i == 0 ? taken_ : 0;
    gathered_.emplace_back(output_[i]->data() + skip, output_[i]->size() - skip);
  }
}

// No more than is written next.
void FrameSocket::seal() {
  gathered_.clear();
  if (sealed_.empty() && tls_->ready())
    for (std::size_t room = kTlsPieceBytes; room > 0 && !output_.empty();) {
      const std::string_view piece = output_.front()->view().substr(taken_, room);
      tls_->write(piece);
      room -= piece.size();
      on_left(piece.size());
    }
  if (sealed_.empty()) tls_->take(sealed_);
  if (!sealed_.empty()) gathered_.emplace_back(sealed_.data(), sealed_.size());
}

void FrameSocket::on_written(std::size_t bytes) {
  tls_ ? sealed_.drop_front(bytes) : on_left(bytes);
  flush();
}

// So much of the output needs not be kept any more.
void FrameSocket::on_left(std::size_t bytes) {
  waiting_bytes_ -= bytes;
  for (taken_ += bytes; !output_.empty() && taken_ >= output_.front()->size(); output_.pop_front())
    taken_ -= output_.front()->size();
}

// The last words of TLS say why it ends; who does not speak it is told in the clear.
void FrameSocket::on_tls_trouble() {
  const std::shared_ptr<const User> user = user_;
  const std::string why = tls_->trouble();
  close_when_written();
  if (tls_->met_plain() && tls_->accepts()) {
    std::string words = cluster::preamble();
    append_frame(words, LinkFrame::refusal, kExpectsTls);
    sealed_.append(words);
  }
  user->closed(why);
}

void FrameSocket::fail(const std::string& why) {
  const std::shared_ptr<const User> user = user_;
  const bool leaving = close_when_written_;
  close();
  if (user && !leaving) user->closed(why);
}

void FrameSocket::close_when_written() {
  if (closed_ || std::exchange(close_when_written_, true)) return;
  // It may be that nothing can be sealed any more, or not for a long time.
  if (tls_ && (!tls_->ready() || !tls_->trouble().empty())) drop_output();
  flush_soon();
}

void FrameSocket::drop_output() {
  output_.clear();
  taken_ = 0;
  waiting_bytes_ = 0;
}

// What the other side has sent is read for a while: a connection that is closed over unread input is reset, and our
// last words would be lost.
void FrameSocket::take_leave() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  leave_.expires_after(kLeave);
  leave_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->close();
  });
}

void FrameSocket::close() {
  if (std::exchange(closed_, true)) return;
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
  leave_.cancel();
  drop_output();
  // Its functions may be the ones that are running.
  asio::post(socket_.get_executor(), [user = std::move(user_)] {});
}

}  // namespace warren::server
