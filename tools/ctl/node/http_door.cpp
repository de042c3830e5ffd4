#include "tools/ctl/node/http_door.hpp"

#include <fmt/core.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <charconv>
#include <chrono>
#include <thread>
#include <utility>

#include "manage/http/http_words.hpp"
#include "manage/operations/words/limits.hpp"

namespace warren::ctl {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

namespace {

constexpr std::string_view kHttpScheme = "http://";

std::optional<std::string> unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    unsigned code = 0;
    const std::string_view digits = text.substr(i + 1, 2);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2) return std::nullopt;
    plain += static_cast<char>(code);
    i += 2;
  }
  return plain;
}

bool read_login(std::string_view text, NodeUrl& url) {
  const std::size_t colon = text.find(':');
  const auto user = unescape(text.substr(0, colon));
  const auto password = colon == std::string_view::npos ? std::string("") : unescape(text.substr(colon + 1));
  if (!user || user->empty() || !password) return false;
  url.user = *user;
  url.password = *password;
  return true;
}

// One exchange with a node, step by step, all of it within the time.
class Exchange {
 public:
  Exchange(const NodeUrl& url, std::int64_t timeout_ms) : stream_(context_) {
    if (timeout_ms >= 0) stream_.expires_after(std::chrono::milliseconds(timeout_ms));
    asio::ip::tcp::resolver resolver(context_);
    const auto found = resolver.resolve(url.host, std::to_string(url.port), error_);
    if (!error_) run([&](auto done) { stream_.async_connect(found, [done](error_code e, auto) { done(e); }); });
  }

  error_code write(const http::request<http::string_body>& request) {
    run([&](auto done) { http::async_write(stream_, request, [done](error_code e, std::size_t) { done(e); }); });
    return error_;
  }
  error_code read(http::response_parser<http::string_body>& parser) {
    beast::flat_buffer buffer;
    run([&](auto done) { http::async_read(stream_, buffer, parser, [done](error_code e, std::size_t) { done(e); }); });
    return error_;
  }
  error_code error() const { return error_; }

 private:
  template <class Start>
  void run(Start&& start) {
    start([this](error_code error) { error_ = error; });
    context_.restart();
    context_.run();
  }

  asio::io_context context_{1};
  beast::tcp_stream stream_;
  error_code error_;
};

Trouble trouble(const NodeUrl& url, const error_code& error, bool sent) {
  if (error == beast::error::timeout) return {Trouble::Kind::timed_out, {}};
  if (sent)
    return {Trouble::Kind::broken,
            fmt::format("the connection to the node broke before it answered: {}", error.message())};
  return {Trouble::Kind::unreachable,
          fmt::format("Error: unable to perform an operation on the node at http://{}:{}: {}\n", url.host, url.port,
                      error.message())};
}

}  // namespace

Result<NodeUrl, std::string> read_url(const std::string& text) {
  const std::string complaint =
      fmt::format("--url takes http://USER:PASSWORD@HOST:PORT, not '{}'", text.substr(0, text.find('@')));
  std::string_view rest = text;
  if (!rest.starts_with(kHttpScheme)) return complaint;
  rest.remove_prefix(kHttpScheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  NodeUrl url;
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    if (!read_login(rest.substr(0, at), url)) return complaint;
    rest.remove_prefix(at + 1);
  }
  const std::size_t colon = rest.ends_with(']') ? std::string_view::npos : rest.rfind(':');
  if (colon != std::string_view::npos) {
    const std::string_view port = rest.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc() || end != port.data() + port.size() || url.port == 0) return complaint;
    rest = rest.substr(0, colon);
  }
  if (rest.starts_with('[') && rest.ends_with(']')) rest = rest.substr(1, rest.size() - 2);
  if (rest.empty() || rest.find('/') != std::string_view::npos) return complaint;
  url.host = std::string(rest);
  return url;
}

HttpNodeDoor::HttpNodeDoor(NodeUrl url) : url_(std::move(url)), name_(fmt::format("{}:{}", url_.host, url_.port)) {}

Result<manage::Answer, Trouble> HttpNodeDoor::ask(const manage::Request& request, std::int64_t timeout_ms) {
  Exchange exchange(url_, timeout_ms);
  if (exchange.error()) return trouble(url_, exchange.error(), false);
  http::request<http::string_body> message{http::verb::post, std::string(manage::kOperationsPath), 11};
  message.set(http::field::host, name_);
  message.set(http::field::authorization, manage::basic_header({url_.user, url_.password}));
  message.set(http::field::content_type, "application/json");
  message.keep_alive(false);
  message.body() = manage::request_line(request);
  message.prepare_payload();
  if (const error_code error = exchange.write(message)) return trouble(url_, error, true);
  http::response_parser<http::string_body> parser;
  parser.body_limit(manage::limits::kAnswerBytesMax);
  if (const error_code error = exchange.read(parser)) return trouble(url_, error, true);
  const http::response<http::string_body>& response = parser.get();
  if (response.result() == http::status::unauthorized || response.result() == http::status::forbidden)
    return Trouble{
        Trouble::Kind::unreachable,
        fmt::format("Error: the node at http://{} does not let user '{}' in: {}\n", name_, url_.user,
                    response.result() == http::status::forbidden ? "it takes the tag administrator"
                                                                 : "wrong name or password, or not from here")};
  auto answer = manage::read_answer(response.body());
  if (answer) return std::move(*answer);
  return Trouble{Trouble::Kind::broken, fmt::format("what answers at http://{} is no node: {}", name_, answer.error())};
}

std::int64_t HttpNodeDoor::now_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

void HttpNodeDoor::pause_ms(std::int64_t time_ms) { std::this_thread::sleep_for(std::chrono::milliseconds(time_ms)); }

}  // namespace warren::ctl
