#include <fmt/core.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <system_error>

#include "manage/operations/json/json.hpp"

namespace warren::manage {
namespace {

// Reads by descent; the first mistake ends it.
class Reader {
 public:
  explicit Reader(std::string_view text) : all_(text), rest_(text) {}

  Result<Value, std::string> read() {
    Value value;
    if (!read_value(value, 0)) return complaint();
    skip_blanks();
    if (!rest_.empty()) return fail("something follows the value"), complaint();
    return value;
  }

 private:
  bool fail(std::string_view why) {
    why_ = why;
    return false;
  }
  std::string complaint() const { return fmt::format("no JSON: {} at byte {}", why_, all_.size() - rest_.size() + 1); }

  void skip_blanks() {
    const std::size_t first = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(first == std::string_view::npos ? rest_.size() : first);
  }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  bool read_value(Value& value, int depth) {
    skip_blanks();
    if (rest_.empty()) return fail("the text ends too early");
    if (depth > kJsonDepthMax) return fail("nested too deeply");
    switch (rest_.front()) {
      case '{': return read_map(value.held.emplace<Map>(), depth);
      case '[': return read_list(value.held.emplace<List>(), depth);
      case '"': return read_text(value.held.emplace<std::string>());
      default: return read_word(value);
    }
  }

  bool read_word(Value& value) {
    if (take("null")) return value.held = Null{}, true;
    if (take("true")) return value.held = true, true;
    if (take("false")) return value.held = false, true;
    return read_number(value);
  }

  // The grammar of JSON is narrower than that of from_chars.
  std::size_t number_bytes(bool& whole) const {
    std::size_t at = 0;
    const auto digits = [&] {
      const std::size_t first = at;
      while (at < rest_.size() && rest_[at] >= '0' && rest_[at] <= '9') ++at;
      return at - first;
    };
    const auto is = [&](std::string_view any) { return at < rest_.size() && any.find(rest_[at]) != any.npos; };
    if (is("-")) ++at;
    const bool zero_first = is("0");
    const std::size_t before_point = digits();
    if (before_point == 0 || (zero_first && before_point > 1)) return 0;
    whole = !is(".eE");
    if (is(".") && (++at, digits() == 0)) return 0;
    if (!is("eE")) return at;
    ++at;
    if (is("+-")) ++at;
    return digits() == 0 ? 0 : at;
  }

  bool read_number(Value& value) {
    bool whole = true;
    const std::size_t bytes = number_bytes(whole);
    if (bytes == 0) return fail("no value");
    const char* const end = rest_.data() + bytes;
    std::int64_t integer = 0;
    if (whole && std::from_chars(rest_.data(), end, integer).ec == std::errc()) {
      value.held = integer;
    } else {
      double number = 0;
      if (std::from_chars(rest_.data(), end, number).ec != std::errc()) return fail("a number out of range");
      value.held = number;
    }
    rest_.remove_prefix(bytes);
    return true;
  }

  bool read_list(List& list, int depth) {
    take('[');
    skip_blanks();
    if (take(']')) return true;
    do {
      if (!read_value(list.emplace_back(), depth + 1)) return false;
      skip_blanks();
    } while (take(','));
    return take(']') || fail("a list goes on without ',' and does not end with ']'");
  }

  bool read_map(Map& map, int depth) {
    take('{');
    skip_blanks();
    if (take('}')) return true;
    do {
      std::string name;
      Value value;
      skip_blanks();
      if (rest_.empty() || rest_.front() != '"') return fail("a name is missing");
      if (!read_text(name)) return false;
      skip_blanks();
      if (!take(':')) return fail("a name without ':'");
      if (!read_value(value, depth + 1)) return false;
      map.set(name, std::move(value));
      if (map.size() > kNamesMax) return fail("a map with too many names");
      skip_blanks();
    } while (take(','));
    return take('}') || fail("a map goes on without ',' and does not end with '}'");
  }

  bool read_text(std::string& text) {
    take('"');
    for (;;) {
      const std::size_t plain = rest_.find_first_of("\"\\");
      if (plain == std::string_view::npos) return fail("a string without end");
      for (const char c : rest_.substr(0, plain))
        if (static_cast<unsigned char>(c) < ' ') return fail("a control character in a string");
      text.append(rest_.substr(0, plain));
      rest_.remove_prefix(plain);
      if (take('"')) return true;
      if (!read_escape(text)) return false;
    }
  }

  bool read_escape(std::string& text) {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    take('\\');
    if (take('u')) return read_code_point(text);
    const std::size_t at = rest_.empty() ? kLetters.npos : kLetters.find(rest_.front());
    if (at == kLetters.npos) return fail("an unknown escape");
    text += kMeant[at];
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<std::uint32_t> hex4() {
    std::uint32_t unit = 0;
    if (rest_.size() < 4) return std::nullopt;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + 4, unit, 16);
    if (error != std::errc() || end != rest_.data() + 4) return std::nullopt;
    rest_.remove_prefix(4);
    return unit;
  }

  bool read_code_point(std::string& text) {
    const std::optional<std::uint32_t> high = hex4();
    if (!high) return fail("\\u without four hexadecimal digits");
    if (*high < 0xd800 || *high >= 0xe000) return append_utf8(*high, text), true;
    if (*high >= 0xdc00 || !take("\\u")) return fail("half a surrogate pair");
    const std::optional<std::uint32_t> low = hex4();
    if (!low || *low < 0xdc00 || *low >= 0xe000) return fail("half a surrogate pair");
    append_utf8(0x10000 + ((*high - 0xd800) << 10) + (*low - 0xdc00), text);
    return true;
  }

  static void append_utf8(std::uint32_t point, std::string& text) {
    const auto tail = [&](int shift) { text += static_cast<char>(0x80 | ((point >> shift) & 0x3f)); };
    if (point < 0x80) {
      text += static_cast<char>(point);
    } else if (point < 0x800) {
      text += static_cast<char>(0xc0 | (point >> 6));
      tail(0);
    } else if (point < 0x10000) {
      text += static_cast<char>(0xe0 | (point >> 12));
      tail(6), tail(0);
    } else {
      text += static_cast<char>(0xf0 | (point >> 18));
      tail(12), tail(6), tail(0);
    }
  }

  // Names are looked for one by one.
  static constexpr std::size_t kNamesMax = 4096;

  std::string_view all_;
  std::string_view rest_;
  std::string_view why_;
};

}  // namespace

Result<Value, std::string> read_json(std::string_view text) { return Reader(text).read(); }

}  // namespace warren::manage
