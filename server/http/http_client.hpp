// One connection to the door over HTTP.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "server/http/http_door.hpp"

namespace warren::server {

// Lives as long as its socket, or until its answer has come.
class HttpClient : public std::enable_shared_from_this<HttpClient> {
 public:
  HttpClient(boost::asio::ip::tcp::socket socket, OnHttpRequest on_request,
             std::shared_ptr<std::atomic<std::size_t>> clients);
  ~HttpClient();

  void start() { read(); }

 private:
  using RequestParser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  void read();
  void take();
  void ask(manage::Credentials credentials, const std::string& body);
  void answer(Admission admission, const manage::Answer& answer);
  void refuse(boost::beast::http::status status, std::string_view error, std::string_view reason);
  void write(boost::beast::http::status status, std::string body);

  boost::beast::tcp_stream stream_;
  bool loopback_ = false;
  OnHttpRequest on_request_;
  std::shared_ptr<std::atomic<std::size_t>> clients_;
  boost::beast::flat_buffer buffer_;
  std::optional<RequestParser> parser_;
  boost::beast::http::response<boost::beast::http::string_body> response_;
  bool last_ = false;  // nothing is read after this answer
};

}  // namespace warren::server
