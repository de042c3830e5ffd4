// What a request over HTTP says beside its body, and how refusals are said (RFC 9110, RFC 7617).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "manage/operations/words/request.hpp"

namespace warren::manage {

inline constexpr std::string_view kOperationsPath = "/api/operations";

struct Credentials {
  std::string user;
  std::string password;
};

// From the value of an Authorization header. Nothing: it is not of the basic scheme, or makes no sense.
std::optional<Credentials> read_basic(std::string_view header);
std::string basic_header(const Credentials& credentials);

// The status that tells how an operation ended.
unsigned status_of(const Answer& answer);

// {"error":...,"reason":...} as RabbitMQ's management says it.
std::string refusal_body(std::string_view error, std::string_view reason);

}  // namespace warren::manage
