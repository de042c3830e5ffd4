// How the wire names a method.
#pragma once

#include <compare>
#include <cstdint>

namespace warren::amqp {

// A class and a method within it; 0/0 means "no method" in connection.close and channel.close.
struct MethodId {
  std::uint16_t class_id = 0;
  std::uint16_t method_id = 0;

  // Both numbers as they stand in the first four bytes of a method frame.
  constexpr std::uint32_t packed() const { return static_cast<std::uint32_t>(class_id) << 16 | method_id; }
  friend constexpr auto operator<=>(const MethodId&, const MethodId&) = default;
};

}  // namespace warren::amqp
