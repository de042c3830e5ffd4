#include <fmt/core.h>

#include <array>
#include <cmath>
#include <cstdint>

#include "manage/operations/json/json.hpp"

namespace warren::manage {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

// Bytes of the well-formed sequence that begins the text, or zero. Requires: the text is not empty.
std::size_t sequence_bytes(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || bytes > text.size()) return 0;
  for (std::size_t at = 1; at < bytes; ++at)
    if ((byte(at) & 0xc0) != 0x80) return 0;
  const std::uint8_t second = byte(1);
  const bool longer_than_needed = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool beyond = (first == 0xed && second >= 0xa0) || (first == 0xf4 && second >= 0x90);
  return longer_than_needed || beyond ? 0 : bytes;
}

void write_control(char c, std::string& out) {
  switch (c) {
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
}

void write(const std::string& text, std::string& out) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const std::size_t bytes = sequence_bytes(std::string_view(text).substr(at));
    if (bytes == 0)
      out += kReplacement;
    else if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (static_cast<unsigned char>(c) < ' ' || c == '\x7f')
      write_control(c, out);
    else
      out.append(text, at, bytes);
    at += bytes == 0 ? 1 : bytes;
  }
  out += '"';
}

void write(Null, std::string& out) { out += "null"; }
void write(bool flag, std::string& out) { out += flag ? "true" : "false"; }
void write(std::int64_t number, std::string& out) { out += fmt::format("{}", number); }
// JSON has no infinity. A whole number keeps its point, so that it comes back as what it was.
void write(double number, std::string& out) {
  if (!std::isfinite(number)) return write(Null{}, out);
  const std::string digits = fmt::format("{}", number);
  out += digits;
  if (digits.find_first_of(".e") == std::string::npos) out += ".0";
}

void write(const List& list, std::string& out) {
  out += '[';
  for (const Value& value : list) {
    if (&value != &list.front()) out += ',';
    write_json(value, out);
  }
  out += ']';
}

void write(const Map& map, std::string& out) {
  out += '{';
  for (const auto& entry : map.entries) {
    if (&entry != &map.entries.front()) out += ',';
    write(entry.first, out);
    out += ':';
    write_json(entry.second, out);
  }
  out += '}';
}

}  // namespace

void write_json(const Value& value, std::string& out) {
  std::visit([&](const auto& held) { write(held, out); }, value.held);
}

std::string json(const Value& value) {
  std::string text;
  write_json(value, text);
  return text;
}

}  // namespace warren::manage
