// Who the client is (amqp.md 2.3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "broker/catalog/catalog.hpp"
#include "broker/session/core.hpp"

namespace warren::broker::session {

// The mechanisms offered, as connection.start lists them.
inline constexpr std::string_view kMechanisms = "PLAIN AMQPLAIN";

enum class AuthenticationResult : std::uint8_t {
  accepted,
  refused,    // well-formed, but wrong name or password, or not from here
  malformed,  // unknown mechanism, or a response that is none
};

struct Authentication {
  AuthenticationResult result = AuthenticationResult::malformed;
  std::string user;
  std::string log;  // why not, for the operator
};

// Requires: `loopback` tells whether the peer's address is one.
Authentication authenticate(std::string_view mechanism, std::string_view response, bool loopback, const Catalog& catalog,
                            const SessionSettings& settings);

}  // namespace warren::broker::session
