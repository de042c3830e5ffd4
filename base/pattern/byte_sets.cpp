#include "base/pattern/byte_sets.hpp"

#include <iterator>

namespace warren {
namespace {

constexpr unsigned kCaseBit = 'a' - 'A';

bool is_digit(unsigned c) { return c >= '0' && c <= '9'; }
bool is_lower(unsigned c) { return c >= 'a' && c <= 'z'; }
bool is_upper(unsigned c) { return c >= 'A' && c <= 'Z'; }
bool is_alpha(unsigned c) { return is_lower(c) || is_upper(c); }
bool is_alnum(unsigned c) { return is_alpha(c) || is_digit(c); }
bool is_word(unsigned c) { return is_alnum(c) || c == '_'; }
bool is_blank(unsigned c) { return c == ' ' || c == '\t'; }
bool is_space(unsigned c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_graph(unsigned c) { return c > ' ' && c < 0x7f; }
bool is_print(unsigned c) { return c >= ' ' && c < 0x7f; }
bool is_punct(unsigned c) { return is_graph(c) && !is_alnum(c); }
bool is_control(unsigned c) { return c < ' ' || c == 0x7f; }
bool is_ascii(unsigned c) { return c < 0x80; }
bool is_hex(unsigned c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

ByteSet all_that(bool (*fits)(unsigned)) {
  ByteSet bytes;
  for (unsigned c = 0; c < bytes.size(); ++c) bytes[c] = fits(c);
  return bytes;
}

struct NamedSet {
  std::string_view name;
  bool (*fits)(unsigned);
};

constexpr NamedSet kPosix[] = {
    {"alnum", is_alnum}, {"alpha", is_alpha}, {"ascii", is_ascii}, {"blank", is_blank}, {"cntrl", is_control},
    {"digit", is_digit}, {"graph", is_graph}, {"lower", is_lower}, {"print", is_print}, {"punct", is_punct},
    {"space", is_space}, {"upper", is_upper}, {"word", is_word},   {"xdigit", is_hex},
};

}  // namespace

std::optional<ByteSet> set_of_escape(char letter) {
  switch (letter) {
    case 'd': return all_that(is_digit);
    case 'D': return ~all_that(is_digit);
    case 'w': return all_that(is_word);
    case 'W': return ~all_that(is_word);
    case 's': return all_that(is_space);
    case 'S': return ~all_that(is_space);
    case 'h': return all_that(is_blank);
    case 'H': return ~all_that(is_blank);
    default: return std::nullopt;
  }
}

std::optional<ByteSet> posix_set(std::string_view name) {
  const bool negative = name.starts_with('^');
  if (negative) name.remove_prefix(1);
  for (const NamedSet& set : kPosix)
    if (set.name == name) return negative ? ~all_that(set.fits) : all_that(set.fits);
  return std::nullopt;
}

std::optional<unsigned char> control_of_escape(char c) {
  switch (c) {
    case 'a': return '\a';
    case 'e': return '\x1b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case '0': return '\0';
    default: break;
  }
  if (is_alnum(static_cast<unsigned char>(c))) return std::nullopt;
  return static_cast<unsigned char>(c);
}

ByteSet with_both_cases(const ByteSet& bytes) {
  ByteSet both = bytes;
  for (unsigned c = 'a'; c <= 'z'; ++c)
    if (bytes[c] || bytes[c - kCaseBit]) both.set(c).set(c - kCaseBit);
  return both;
}

}  // namespace warren
