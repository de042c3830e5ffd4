#include "server/http/http_client.hpp"

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <utility>

#include "manage/operations/words/limits.hpp"

namespace warren::server {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

namespace {

constexpr std::chrono::seconds kHttpIdleAtMost{60};
constexpr std::uint32_t kHeaderBytesMax = 8 << 10;

}  // namespace

HttpClient::HttpClient(boost::asio::ip::tcp::socket socket, OnHttpRequest on_request,
                       std::shared_ptr<std::atomic<std::size_t>> clients)
    : stream_(std::move(socket)), on_request_(std::move(on_request)), clients_(std::move(clients)) {
  ++*clients_;
  error_code error;
  const auto remote = stream_.socket().remote_endpoint(error);
  if (error) return;
  const auto address = remote.address();
  loopback_ = address.is_v6() && address.to_v6().is_v4_mapped()
                  ? boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).is_loopback()
                  : address.is_loopback();
}

HttpClient::~HttpClient() { --*clients_; }

void HttpClient::read() {
  parser_.emplace();
  parser_->header_limit(kHeaderBytesMax);
  parser_->body_limit(manage::limits::kRequestBytesMax);
  stream_.expires_after(kHttpIdleAtMost);
  http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
    self->stream_.expires_never();
    if (!error) return self->take();
    self->last_ = true;
    if (error == http::error::body_limit)
      return self->refuse(http::status::payload_too_large, "bad_request", "the request is too long");
    if (error == http::error::header_limit)
      return self->refuse(http::status::request_header_fields_too_large, "bad_request", "the header is too long");
    if (error.category() == http::make_error_code(http::error::end_of_stream).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message)
      self->refuse(http::status::bad_request, "bad_request", error.message());
  });
}

void HttpClient::take() {
  const http::request<http::string_body>& request = parser_->get();
  last_ = !request.keep_alive();
  const std::string_view target(request.target().data(), request.target().size());
  if (target.substr(0, target.find('?')) != manage::kOperationsPath)
    return refuse(http::status::not_found, "Object Not Found", "Not Found");
  if (request.method() != http::verb::post)
    return refuse(http::status::method_not_allowed, "method_not_allowed", "operations are posted");
  const auto header = request[http::field::authorization];
  auto credentials = manage::read_basic({header.data(), header.size()});
  if (!credentials) return refuse(http::status::unauthorized, "not_authorized", "Login failed");
  ask(*std::move(credentials), request.body());
}

void HttpClient::ask(manage::Credentials credentials, const std::string& body) {
  auto request = manage::read_request(body);
  if (!request) return refuse(http::status::bad_request, "bad_request", request.error());
  const auto answered = std::make_shared<std::atomic<bool>>(false);
  on_request_({std::move(credentials), loopback_}, std::move(*request),
              [self = shared_from_this(), answered](Admission admission, manage::Answer answer) {
                if (answered->exchange(true)) return;
                boost::asio::post(self->stream_.get_executor(),
                                  [self, admission, answer = std::move(answer)] { self->answer(admission, answer); });
              });
}

void HttpClient::answer(Admission admission, const manage::Answer& answer) {
  if (admission == Admission::unknown) return refuse(http::status::unauthorized, "not_authorized", "Login failed");
  if (admission == Admission::not_administrator)
    return refuse(http::status::forbidden, "not_authorized", "Not administrator user");
  write(http::int_to_status(manage::status_of(answer)), manage::answer_line(answer));
}

void HttpClient::refuse(http::status status, std::string_view error, std::string_view reason) {
  write(status, manage::refusal_body(error, reason));
}

void HttpClient::write(http::status status, std::string body) {
  response_ = {status, 11};
  response_.set(http::field::content_type, "application/json");
  if (status == http::status::unauthorized)
    response_.set(http::field::www_authenticate, "Basic realm=\"RabbitMQ Management\"");
  if (status == http::status::method_not_allowed) response_.set(http::field::allow, "POST");
  response_.keep_alive(!last_);
  response_.body() = std::move(body);
  response_.prepare_payload();
  stream_.expires_after(kHttpIdleAtMost);
  http::async_write(stream_, response_, [self = shared_from_this()](error_code error, std::size_t) {
    self->stream_.expires_never();
    self->response_.body() = {};
    if (!error && !self->last_) return self->read();
    error_code ignored;
    self->stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_both, ignored);
    self->stream_.close();
  });
}

}  // namespace warren::server
