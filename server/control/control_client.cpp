#include "server/control/control_client.hpp"

#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "manage/operations/words/limits.hpp"

namespace warren::server {

namespace asio = boost::asio;
using boost::system::error_code;

ControlClient::ControlClient(asio::local::stream_protocol::socket socket, OnRequest on_request,
                             std::shared_ptr<std::size_t> clients)
    : socket_(std::move(socket)),
      idle_(socket_.get_executor()),
      on_request_(std::move(on_request)),
      clients_(std::move(clients)) {
  ++*clients_;
}

ControlClient::~ControlClient() { --*clients_; }

void ControlClient::read() {
  arm();
  asio::async_read_until(
      socket_, asio::dynamic_buffer(read_, manage::limits::kRequestBytesMax + 1), '\n',
      [self = shared_from_this()](error_code error, std::size_t bytes) {
        self->idle_.cancel();
        if (error == asio::error::not_found)
          return self->answer(manage::Failure{"the request is too long", manage::kUsage, {}, {}}, true);
        if (error) return;
        const std::string line = self->read_.substr(0, bytes - 1);
        self->read_.erase(0, bytes);
        self->take(line);
      });
}

void ControlClient::take(std::string_view line) {
  auto request = manage::read_request(line);
  if (!request) return answer(manage::Failure{request.error(), manage::kUsage, "malformed", {}}, true);
  const auto answered = std::make_shared<std::atomic<bool>>(false);
  on_request_(std::move(*request), [self = shared_from_this(), answered](manage::Answer answer) {
    if (answered->exchange(true)) return;
    asio::post(self->socket_.get_executor(), [self, answer = std::move(answer)] { self->answer(answer, false); });
  });
}

void ControlClient::answer(const manage::Answer& answer, bool last) {
  written_ = manage::answer_line(answer);
  written_ += '\n';
  arm();
  asio::async_write(socket_, asio::buffer(written_), [self = shared_from_this(), last](error_code error, std::size_t) {
    self->idle_.cancel();
    std::string().swap(self->written_);
    if (last || error) return self->end();
    self->read();
  });
}

// Who neither asks nor takes its answer is cut off.
void ControlClient::arm() {
  idle_.expires_after(kIdleAtMost);
  idle_.async_wait([client = weak_from_this()](error_code error) {
    const auto self = client.lock();
    if (!error && self != nullptr) self->end();
  });
}

void ControlClient::end() {
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace warren::server
