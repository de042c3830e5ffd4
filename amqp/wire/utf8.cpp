#include "amqp/wire/utf8.hpp"

#include <cstddef>

namespace warren::amqp {

namespace {

// Which second byte may follow a lead byte, and how many bytes follow in all (Unicode 15, table 3-7). None: not a lead.
struct Lead {
  int following = 0;
  std::uint8_t second_min = 0x80;
  std::uint8_t second_max = 0xBF;
};

Lead lead_of(std::uint8_t byte) {
  if (byte < 0xC2 || byte > 0xF4) return {};
  if (byte < 0xE0) return {1};
  if (byte < 0xF0) {
    if (byte == 0xE0) return {2, 0xA0, 0xBF};  // shorter forms exist below
    if (byte == 0xED) return {2, 0x80, 0x9F};  // surrogates above
    return {2};
  }
  if (byte == 0xF0) return {3, 0x90, 0xBF};
  if (byte == 0xF4) return {3, 0x80, 0x8F};  // U+10FFFF ends here
  return {3};
}

bool continues(std::uint8_t byte) { return (byte & 0xC0) == 0x80; }

}  // namespace

bool is_utf8_beyond_ascii(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::uint8_t byte = static_cast<std::uint8_t>(text[i]);
    if (byte < 0x80) {
      ++i;
      continue;
    }
    const Lead lead = lead_of(byte);
    if (lead.following == 0 || text.size() - i <= static_cast<std::size_t>(lead.following)) return false;
    const std::uint8_t second = static_cast<std::uint8_t>(text[i + 1]);
    if (second < lead.second_min || second > lead.second_max) return false;
    for (int k = 2; k <= lead.following; ++k)
      if (!continues(static_cast<std::uint8_t>(text[i + static_cast<std::size_t>(k)]))) return false;
    i += 1 + static_cast<std::size_t>(lead.following);
  }
  return true;
}

}  // namespace warren::amqp
