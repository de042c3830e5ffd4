#include "tests/broker/session/method_reader.hpp"

#include <algorithm>
#include <charconv>
#include <deque>
#include <map>
#include <utility>
#include <variant>

#include "amqp/codec.hpp"

namespace warren::broker::session::testing {
namespace {

std::string_view take_until(std::string_view& rest, std::string_view ends) {
  const std::string_view taken = rest.substr(0, std::min(rest.find_first_of(ends), rest.size()));
  rest.remove_prefix(taken.size());
  return taken;
}

void skip(std::string_view& rest, std::string_view blanks) {
  rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// One field as it was written.
struct Written {
  std::string text;
  amqp::Table table;
};

amqp::Table take_table(std::string_view& rest);

amqp::Value take_value(std::string_view& rest) {
  if (rest.starts_with('\'')) return std::string_view(take_quoted(rest));
  if (rest.starts_with('{')) return take_table(rest);
  const std::string_view word = take_until(rest, ",}");
  if (word == "true" || word == "false") return word == "true";
  return static_cast<std::int32_t>(number(word));
}

amqp::Table take_table(std::string_view& rest) {
  amqp::Table table;
  rest.remove_prefix(1);
  for (skip(rest, ", "); !rest.empty() && rest.front() != '}'; skip(rest, ", ")) {
    const std::string name(take_until(rest, "="));
    rest.remove_prefix(1);
    table.set(name, take_value(rest));
  }
  rest.remove_prefix(std::min<std::size_t>(1, rest.size()));
  return table;
}

// Puts what was written into the fields. Views into it are valid while it lives.
class Setter {
 public:
  explicit Setter(std::string_view rest) {
    for (skip(rest, " "); !rest.empty(); skip(rest, " ")) {
      Written& field = fields_[std::string(take_until(rest, "="))];
      rest.remove_prefix(std::min<std::size_t>(1, rest.size()));
      if (rest.starts_with('\''))
        field.text = take_quoted(rest);
      else if (rest.starts_with('{'))
        field.table = take_table(rest);
      else
        field.text = std::string(take_until(rest, " "));
    }
  }

  Setter& reserved() { return *this; }
  void octet(const char* label, std::uint8_t& field) { set_number(label, field); }
  void u16(const char* label, std::uint16_t& field) { set_number(label, field); }
  void u32(const char* label, std::uint32_t& field) { set_number(label, field); }
  void u64(const char* label, std::uint64_t& field) { set_number(label, field); }
  void shortstr(const char* label, std::string_view& field) { set_text(label, field); }
  void name(const char* label, std::string_view& field) { set_text(label, field); }
  void longstr(const char* label, std::string_view& field) { set_text(label, field); }
  void secret(const char* label, std::string_view& field) { set_text(label, field); }
  void bit(const char* label, bool& field) {
    if (const Written* written = find(label)) field = written->text == "1";
  }
  void table(const char* label, amqp::Table& field) {
    if (const Written* written = find(label)) field = written->table;
  }

  // Whether every field written is one of the method's.
  bool all_used() const { return used_ == fields_.size(); }

 private:
  const Written* find(const char* label) {
    const auto found = fields_.find(label);
    if (found == fields_.end()) return nullptr;
    ++used_;
    return &found->second;
  }
  template <class Number>
  void set_number(const char* label, Number& field) {
    if (const Written* written = find(label)) field = static_cast<Number>(number(written->text));
  }
  void set_text(const char* label, std::string_view& field) {
    if (const Written* written = find(label)) field = written->text;
  }

  std::map<std::string, Written, std::less<>> fields_;
  std::size_t used_ = 0;
};

template <class Method>
bool append_if_named(ByteBuffer& out, ChannelNumber channel, std::string_view name, Setter& setter) {
  if (Method::name != name) return false;
  Method method;
  visit_fields(method, setter);
  amqp::append_method_frame(out, channel, method);
  return true;
}

template <class... Methods>
bool append_any(std::variant<Methods...>*, ByteBuffer& out, ChannelNumber channel, std::string_view name,
                Setter& setter) {
  return (append_if_named<Methods>(out, channel, name, setter) || ...);
}

}  // namespace

std::string take_quoted(std::string_view& rest) {
  std::string text;
  if (!rest.starts_with('\'')) return text;
  rest.remove_prefix(1);
  while (!rest.empty() && rest.front() != '\'') {
    if (rest.starts_with("\\x") && rest.size() >= 4) {
      int octet = 0;
      std::from_chars(rest.data() + 2, rest.data() + 4, octet, 16);
      text.push_back(static_cast<char>(octet));
      rest.remove_prefix(4);
      continue;
    }
    if (rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
    text.push_back(rest.front());
    rest.remove_prefix(1);
  }
  rest.remove_prefix(std::min<std::size_t>(1, rest.size()));
  return text;
}

bool append_method_text(ByteBuffer& out, ChannelNumber channel, std::string_view text) {
  const std::string_view name = take_until(text, " ");
  Setter setter(text);
  return append_any(static_cast<amqp::Method*>(nullptr), out, channel, name, setter) && setter.all_used();
}

}  // namespace warren::broker::session::testing
