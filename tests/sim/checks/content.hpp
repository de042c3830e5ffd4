// What a message carries: body and properties follow from its number, so that a receiver can tell what must have come.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "tests/sim/checks/facts.hpp"

namespace warren::sim {

std::string body_of(const Message& message);
// Raw, as a content header carries them.
ByteBuffer properties_of(const Message& message);
// The number that a body begins with; 0: it cannot be one of ours.
MessageNumber number_in(std::string_view body);

inline constexpr std::size_t kBodyBytesMin = 8;

}  // namespace warren::sim
