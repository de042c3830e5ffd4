// Who the client is (amqp.md 2.3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "broker/catalog/catalog.hpp"
#include "broker/session/core.hpp"

namespace warren::broker::session {

// A mechanism with a challenge, for clients to try theirs; off unless the operator offers it.
inline constexpr std::string_view kChallengeMechanism = "RABBIT-CR-DEMO";
inline constexpr std::string_view kChallenge = "Please tell me your password";

// Whether the operator offers the mechanism.
bool offered(const SessionSettings& settings, std::string_view mechanism);

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
Authentication authenticate(std::string_view mechanism, std::string_view response, bool loopback,
                            const Catalog& catalog, const SessionSettings& settings);

// The client's answer to the challenge.
Authentication answer_challenge(std::string_view user, std::string_view response, bool loopback, const Catalog& catalog,
                                const SessionSettings& settings);

}  // namespace warren::broker::session
