#include "server/connection.hpp"

#include <boost/asio/buffer.hpp>
#include <utility>

#include "server/shard_thread.hpp"

namespace warren::server {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// Reads in a row before others get their turn.
constexpr int kReadsInARow = 4;
// Input that is thrown away at the end so that the peer sees our last words instead of a reset.
constexpr int kDiscardedReads = 16;

}  // namespace

Connection::Connection(ShardThread& thread, SessionId session, tcp::socket socket)
    : thread_(thread), session_(session), socket_(std::move(socket)) {}

void Connection::wait_readable() {
  if (waiting_readable_ || !reading_ || closed_) return;
  waiting_readable_ = true;
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
    self->waiting_readable_ = false;
    if (!error) self->on_readable();
  });
}

void Connection::on_readable() {
  for (int i = 0; i < kReadsInARow && reading_ && !closed_; ++i) {
    error_code error;
    const asio::mutable_buffer buffer = thread_.read_buffer();
    const std::size_t bytes = socket_.read_some(buffer, error);
    if (error == asio::error::would_block) break;
    if (error) return finish();
    thread_.feed(node::Received{session_, {static_cast<const char*>(buffer.data()), bytes}});
    if (bytes < buffer.size()) break;
  }
  wait_readable();
}

void Connection::set_reading(bool on) {
  reading_ = on;
  wait_readable();
}

void Connection::write(broker::session::Output output) {
  output_ = std::move(output);
  gather_.emplace(output_);
  write_some();
}

void Connection::write_some() {
  while (!closed_) {
    const auto& buffers = gather_->next();
    if (buffers.empty()) break;
    error_code error;
    const std::size_t bytes = socket_.write_some(buffers, error);
    if (error == asio::error::would_block) return wait_writable();
    if (error) return finish();
    gather_->advance(bytes);
  }
  if (closed_) return;
  gather_.reset();
  const std::size_t bytes = output_.size();
  thread_.feed(node::Sent{session_, bytes, std::move(output_)});
  if (close_when_written_ && !gather_) finish();
}

void Connection::wait_writable() {
  socket_.async_wait(tcp::socket::wait_write, [self = shared_from_this()](error_code error) {
    if (!error) self->write_some();
  });
}

void Connection::close(bool at_once) {
  close_when_written_ = true;
  if (at_once || !gather_) finish();
}

void Connection::finish() {
  if (std::exchange(closed_, true)) return;
  discard_input();
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
  thread_.closed(session_);
}

void Connection::discard_input() {
  error_code error;
  socket_.shutdown(tcp::socket::shutdown_send, error);
  for (int i = 0; i < kDiscardedReads && !error; ++i) socket_.read_some(thread_.discard_buffer(), error);
}

}  // namespace warren::server
