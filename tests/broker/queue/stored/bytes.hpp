// What the tests of records share: bytes as literals, messages and bytes by chance.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/rng.hpp"
#include "broker/message.hpp"

namespace warren::broker::testing {

// A literal with zeros in it.
template <std::size_t size>
std::string literal(const char (&text)[size]) {
  return std::string(text, size - 1);
}

inline std::string random_bytes(Rng& rng, std::size_t most) {
  std::string bytes(rng.below(most + 1), '\0');
  // Small numbers get further into a format than large ones.
  for (char& byte : bytes) byte = static_cast<char>(rng.below(rng.one_in(2) ? 8 : 256));
  return bytes;
}

inline MessageRef random_message(Rng& rng) {
  MessageTraits traits;
  if (rng.one_in(3)) traits.expiration_ms = static_cast<std::int64_t>(rng.below(1u << 20));
  traits.priority = static_cast<std::uint8_t>(rng.below(256));
  traits.persistent = rng.one_in(2);
  traits.died_here = rng.one_in(4);
  return make_message(random_bytes(rng, 255), random_bytes(rng, 20), random_bytes(rng, 300), random_bytes(rng, 2000),
                      traits);
}

inline bool same(const Message& a, const Message& b) {
  return a.exchange() == b.exchange() && a.routing_key() == b.routing_key() && a.properties() == b.properties() &&
         a.body() == b.body() && a.traits().expiration_ms == b.traits().expiration_ms &&
         a.traits().priority == b.traits().priority && a.traits().persistent == b.traits().persistent &&
         a.traits().died_here == b.traits().died_here;
}

}  // namespace warren::broker::testing
