#include "tests/sim/checks/content.hpp"

#include <fmt/core.h>

#include "amqp/properties.hpp"
#include "base/rng.hpp"

namespace warren::sim {
namespace {

constexpr std::uint8_t kTransient = 1;

}  // namespace

std::string body_of(const Message& message) {
  std::string body(message.body_bytes, '\0');
  store_big<std::uint64_t>(body.data(), message.number);
  Rng rng(message.number);
  for (std::size_t at = kBodyBytesMin; at < body.size(); at += sizeof(std::uint64_t)) {
    const std::uint64_t word = rng.next();
    std::memcpy(body.data() + at, &word, std::min(sizeof word, body.size() - at));
  }
  return body;
}

ByteBuffer properties_of(const Message& message) {
  amqp::Properties properties;
  properties.message_id = fmt::format("m{}", message.number);
  if (message.persistent || message.number % 2 == 0)
    properties.delivery_mode = message.persistent ? amqp::kPersistent : kTransient;
  if (message.priority != 0) properties.priority = message.priority;
  if (message.number % 3 == 0) {
    properties.has_headers = true;
    properties.headers.set("number", static_cast<std::int64_t>(message.number));
  }
  ByteBuffer raw;
  amqp::encode_properties(properties, raw);
  return raw;
}

MessageNumber number_in(std::string_view body) {
  return body.size() < kBodyBytesMin ? 0 : load_big<std::uint64_t>(body.data());
}

}  // namespace warren::sim
