#include "amqp/wire/erlang_text.hpp"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "base/limits.hpp"

namespace warren::amqp {

namespace {

// Beyond this many bytes only the first ones are shown (amqp.md 1.3).
constexpr std::size_t kShownOctets = 16;
// Floats of that size and beyond are always printed with an exponent.
constexpr double kWholeNumbersEnd = 9007199254740992.0;

// How a byte stands in a printed string, or nothing when it makes the whole unprintable.
std::optional<std::string> printed(char byte) {
  switch (byte) {
    case '\b': return "\\b";
    case '\t': return "\\t";
    case '\n': return "\\n";
    case '\v': return "\\v";
    case '\f': return "\\f";
    case '\r': return "\\r";
    case '\x1b': return "\\e";
    case '"': return "\\\"";
    case '\\': return "\\\\";
    default:
      if (byte < ' ' || byte > '~') return std::nullopt;
      return std::string(1, byte);
  }
}

// The digits of a number without its sign, and where the point stands: 0.DIGITS times ten to the `point`.
struct Digits {
  std::string digits;
  int point = 0;
};

Digits shortest_digits(double number) {
  std::array<char, 32> text = {};  // longer than any double, so that a zero byte ends it
  const auto written = std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::scientific);
  const std::string_view all(text.data(), static_cast<std::size_t>(written.ptr - text.data()));
  const std::size_t exponent_at = all.find('e');
  Digits result;
  for (char c : all.substr(0, exponent_at))
    if (c != '.') result.digits += c;
  result.point = std::atoi(all.data() + exponent_at + 1) + 1;
  return result;
}

std::string fixed_form(const Digits& number) {
  const int size = static_cast<int>(number.digits.size());
  if (number.point <= 0) return "0." + std::string(static_cast<std::size_t>(-number.point), '0') + number.digits;
  if (number.point >= size)
    return number.digits + std::string(static_cast<std::size_t>(number.point - size), '0') + ".0";
  const std::size_t point = static_cast<std::size_t>(number.point);
  return number.digits.substr(0, point) + "." + number.digits.substr(point);
}

std::string exponent_form(const Digits& number) {
  const std::string_view rest = std::string_view(number.digits).substr(1);
  return fmt::format("{}.{}e{}", number.digits[0], rest.empty() ? "0" : rest, number.point - 1);
}

}  // namespace

std::string erlang_octets(std::string_view bytes) {
  std::string text = "<<";
  for (std::size_t i = 0; i < bytes.size(); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : ",", static_cast<unsigned>(static_cast<std::uint8_t>(bytes[i])));
  return text + ">>";
}

std::string erlang_binary(std::string_view bytes) {
  if (bytes.empty()) return "<<>>";
  std::string text = "<<\"";
  for (char byte : bytes) {
    const std::optional<std::string> shown = printed(byte);
    if (!shown) return erlang_octets(bytes);
    text += *shown;
  }
  return text + "\">>";
}

std::string erlang_float(double number) {
  const std::string sign = std::signbit(number) ? "-" : "";
  const double size = std::fabs(number);
  if (size == 0) return sign + "0.0";
  const Digits digits = shortest_digits(size);
  // The shorter form, the one without exponent when they are equally long. Exponents are at most three digits, so a
  // form with more zeros than that is never made.
  const std::string with_exponent = exponent_form(digits);
  if (size >= kWholeNumbersEnd || digits.point < -10) return sign + with_exponent;
  const std::string fixed = fixed_form(digits);
  return sign + (fixed.size() <= with_exponent.size() ? fixed : with_exponent);
}

std::string octets_text(std::string_view payload) { return octets_text(payload, payload.size()); }

std::string octets_text(std::string_view start, std::size_t payload_bytes) {
  if (payload_bytes <= kShownOctets) return "all octets = " + erlang_binary(start);
  return fmt::format("first {} octets = {}", kShownOctets, erlang_binary(start.substr(0, kShownOctets)));
}

std::string cannot_decode_text(std::string_view arguments) {
  // More octets than a reply text has bytes would only be cut off later.
  return "cannot decode " + erlang_octets(arguments.substr(0, limits::kReplyTextBytesMax));
}

}  // namespace warren::amqp
