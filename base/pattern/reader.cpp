#include "base/pattern/reader.hpp"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "base/pattern/byte_sets.hpp"
#include "base/pattern/pattern.hpp"

namespace warren {
namespace {

constexpr int kDepthMax = 32;
constexpr std::size_t kRepetitionsMax = 1000;

}  // namespace

std::string PatternReader::read() {
  if (rest_.size() > Pattern::kTextBytesMax) return "regular expression is too large";
  if (!alternatives()) return complaint_;
  if (!rest_.empty()) return "unmatched closing parenthesis";
  add(Kind::found);
  if (size() > Pattern::kStepsMax) return "regular expression is too large";
  return {};
}

bool PatternReader::alternatives() {
  if (++depth_ > kDepthMax) return fail("parentheses are too deeply nested");
  std::vector<std::size_t> jumps;
  for (std::size_t first = size();; first = size()) {
    if (!sequence()) return false;
    if (!take('|')) break;
    const PatternStep split{Kind::split, false, 0, static_cast<std::int32_t>(size() - first + 2)};
    program_.steps.insert(program_.steps.begin() + static_cast<std::ptrdiff_t>(first), split);
    jumps.push_back(size());
    add(Kind::jump);
  }
  for (const std::size_t jump : jumps) program_.steps[jump].to = static_cast<std::int32_t>(size() - jump);
  --depth_;
  return true;
}

bool PatternReader::sequence() {
  while (!rest_.empty() && rest_.front() != '|' && rest_.front() != ')')
    if (!piece()) return false;
  return true;
}

bool PatternReader::piece() {
  const std::size_t first = size();
  if (!atom()) return false;
  const std::optional<Bounds> bounds = quantifier();
  if (!bounds) return true;
  if (take('+')) return fail("possessive quantifiers are not supported");
  take('?');  // lazy: the same answer
  return repeat(first, *bounds);
}

std::optional<PatternReader::Bounds> PatternReader::quantifier() {
  if (take('*')) return Bounds{0, {}};
  if (take('+')) return Bounds{1, {}};
  if (take('?')) return Bounds{0, 1};
  return counted();
}

// {n}, {n,} or {n,m}; anything else that begins with a brace stands for itself.
std::optional<PatternReader::Bounds> PatternReader::counted() {
  if (!rest_.starts_with('{')) return std::nullopt;
  const std::size_t close = rest_.find('}');
  if (close == rest_.npos) return std::nullopt;
  const std::string_view inside = rest_.substr(1, close - 1);
  const std::size_t comma = inside.find(',');
  const auto number = [](std::string_view digits) -> std::optional<std::size_t> {
    std::size_t value = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (parsed.ptr != digits.data() + digits.size() || digits.empty()) return std::nullopt;
    return parsed.ec == std::errc() ? std::min(value, kRepetitionsMax + 1) : kRepetitionsMax + 1;
  };
  const std::optional<std::size_t> least = number(inside.substr(0, comma));
  if (!least) return std::nullopt;
  Bounds bounds{*least, least};
  if (comma != inside.npos) {
    bounds.most = number(inside.substr(comma + 1));
    if (!bounds.most && comma + 1 != inside.size()) return std::nullopt;
  }
  rest_.remove_prefix(close + 1);
  return bounds;
}

bool PatternReader::repeat(std::size_t first, const Bounds& bounds) {
  if (bounds.most && *bounds.most < bounds.least) return fail("numbers out of order in {} quantifier");
  if (std::max(bounds.least, bounds.most.value_or(0)) > kRepetitionsMax) return fail("number too big in {} quantifier");
  std::vector<PatternStep>& steps = program_.steps;
  const std::vector<PatternStep> one(steps.begin() + static_cast<std::ptrdiff_t>(first), steps.end());
  const std::size_t optional = bounds.most ? *bounds.most - bounds.least : 1;
  if (first + (bounds.least + optional) * (one.size() + 2) > Pattern::kStepsMax)
    return fail("regular expression is too large");
  const auto length = static_cast<std::int32_t>(one.size());
  steps.resize(first);
  for (std::size_t i = 0; i < bounds.least; ++i) steps.insert(steps.end(), one.begin(), one.end());
  for (std::size_t i = 0; i < optional; ++i) {
    steps.push_back({Kind::split, false, 0, length + (bounds.most ? 1 : 2)});
    steps.insert(steps.end(), one.begin(), one.end());
    if (!bounds.most) steps.push_back({Kind::jump, false, 0, -(length + 1)});
  }
  return true;
}

bool PatternReader::atom() {
  const char c = take();
  switch (c) {
    case '(': return group();
    case '[': return set();
    case '\\': return escape();
    case '^': add(Kind::begin); return true;
    case '$': add(Kind::end); return true;
    case '.': add_set(dot_is_all_ ? ByteSet().set() : ~ByteSet().set('\n')); return true;
    case '*':
    case '+':
    case '?': return fail("quantifier does not follow a repeatable item");
    default: add_byte(c); return true;
  }
}

// ---- groups ----

// Options that are set inside a group end with it.
bool PatternReader::group() {
  const bool any_case = any_case_;
  const bool dot_is_all = dot_is_all_;
  if (!take('?')) {
    if (!body()) return false;
  } else if (take('=')) {
    if (!look(Kind::ahead, false)) return false;
  } else if (take('!')) {
    if (!look(Kind::ahead, true)) return false;
  } else if (take("<=")) {
    if (!look(Kind::behind, false)) return false;
  } else if (take("<!")) {
    if (!look(Kind::behind, true)) return false;
  } else {
    bool goes_on = false;
    if (!special_group(goes_on)) return false;
    if (goes_on) return true;
  }
  any_case_ = any_case;
  dot_is_all_ = dot_is_all;
  return true;
}

// Names and options. `goes_on`: it was options alone, for the rest of the group around.
bool PatternReader::special_group(bool& goes_on) {
  if (take("P<") || take('<')) {
    const std::size_t close = rest_.find('>');
    if (close == rest_.npos) return fail("syntax error in subpattern name");
    rest_.remove_prefix(close + 1);
    return body();
  }
  for (bool value = true; !rest_.empty();) {
    const char c = take();
    switch (c) {
      case '-': value = false; break;
      case 'i': any_case_ = value; break;
      case 's': dot_is_all_ = value; break;
      case ':': return body();
      case ')': goes_on = true; return true;
      default: return fail("this kind of group is not supported");
    }
  }
  return fail("missing closing parenthesis");
}

bool PatternReader::body() {
  if (!alternatives()) return false;
  return take(')') || fail("missing closing parenthesis");
}

bool PatternReader::look(Kind kind, bool negative) {
  const std::size_t at = size();
  add(kind, negative);
  if (!body()) return false;
  add(Kind::found);
  program_.steps[at].to = static_cast<std::int32_t>(size() - at);
  return true;
}

// ---- bytes and sets ----

void PatternReader::add_set(ByteSet bytes) {
  if (any_case_) bytes = with_both_cases(bytes);
  std::vector<ByteSet>& sets = program_.sets;
  const auto place = std::find(sets.begin(), sets.end(), bytes);
  const auto number = static_cast<std::uint16_t>(place - sets.begin());
  if (place == sets.end()) sets.push_back(bytes);
  program_.steps.push_back({Kind::byte, false, number, 0});
}

bool PatternReader::escape() {
  if (rest_.empty()) return fail("\\ at end of pattern");
  const char c = take();
  switch (c) {
    case 'b': add(Kind::word_border); return true;
    case 'B': add(Kind::word_border, true); return true;
    case 'A': add(Kind::begin); return true;
    case 'Z': add(Kind::end); return true;
    case 'z': add(Kind::very_end); return true;
    case 'Q': return quotation();
    default: break;
  }
  if (const std::optional<ByteSet> named = set_of_escape(c)) return add_set(*named), true;
  const std::optional<unsigned char> byte = escaped_byte(c);
  if (!byte) return fail("unrecognized character follows \\");
  add_byte(static_cast<char>(*byte));
  return true;
}

// \Q...\E: everything between stands for itself.
bool PatternReader::quotation() {
  while (!rest_.empty() && !take("\\E")) add_byte(take());
  return true;
}

std::optional<unsigned char> PatternReader::escaped_byte(char c) {
  if (c == 'x') {
    const bool braced = take('{');
    unsigned value = 0;
    const std::size_t digits = std::min<std::size_t>(rest_.size(), 2);
    const auto parsed = std::from_chars(rest_.data(), rest_.data() + digits, value, 16);
    rest_.remove_prefix(static_cast<std::size_t>(parsed.ptr - rest_.data()));
    if (braced && !take('}')) return std::nullopt;
    return static_cast<unsigned char>(value);
  }
  return control_of_escape(c);
}

bool PatternReader::set() {
  const bool negative = take('^');
  ByteSet bytes;
  for (bool first = true; first || !take(']'); first = false) {
    if (rest_.empty()) return fail("missing terminating ] for character class");
    if (!set_item(bytes)) return false;
  }
  if (any_case_) bytes = with_both_cases(bytes);
  add_set(negative ? ~bytes : bytes);
  return true;
}

// One byte, a range of them, or a class that has a name.
bool PatternReader::set_item(ByteSet& bytes) {
  const auto one = [this](std::optional<ByteSet>& named) -> std::optional<unsigned char> {
    const char c = take();
    if (c != '\\') return static_cast<unsigned char>(c);
    if (rest_.empty()) return std::nullopt;
    const char escaped = take();
    if ((named = set_of_escape(escaped))) return 0;
    return escaped == 'b' ? std::optional<unsigned char>('\b') : escaped_byte(escaped);
  };
  if (rest_.starts_with("[:") && rest_.find(":]") != rest_.npos) {
    const std::optional<ByteSet> posix = posix_set(rest_.substr(2, rest_.find(":]") - 2));
    if (!posix) return fail("unknown POSIX class name");
    rest_.remove_prefix(rest_.find(":]") + 2);
    bytes |= *posix;
    return true;
  }
  std::optional<ByteSet> named;
  const std::optional<unsigned char> low = one(named);
  if (!low) return fail("unrecognized character follows \\");
  if (named) return bytes |= *named, true;
  if (rest_.size() < 2 || rest_[0] != '-' || rest_[1] == ']') return bytes.set(*low), true;
  take();
  const std::optional<unsigned char> high = one(named);
  if (!high) return fail("unrecognized character follows \\");
  if (named) return bytes.set(*low).set('-'), bytes |= *named, true;
  if (*high < *low) return fail("range out of order in character class");
  for (unsigned byte = *low; byte <= *high; ++byte) bytes.set(byte);
  return true;
}

}  // namespace warren
