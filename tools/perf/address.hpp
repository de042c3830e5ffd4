// Which broker, and who asks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace warren::perf {

struct Address {
  std::string host = "127.0.0.1";
  std::uint16_t port = 5672;
  std::string user = "guest";
  std::string password = "guest";
  std::string vhost = "/";
};

// Reads amqp://user:password@host:port/vhost; every part but the scheme may be missing and is then that of `base`.
// Parts may be percent-encoded, an IPv6 address stands in brackets. The error is a sentence.
Result<Address, std::string> read_uri(std::string_view uri, const Address& base = {});

}  // namespace warren::perf
