#include "tools/ctl/print/cells.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace warren::ctl {
namespace {

using manage::List;
using manage::Map;
using manage::Null;
using manage::Value;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (c == '\r')
      out += "\\r";
    else if (byte < ' ' || c == '\x7f')
      out += fmt::format("\\{:03o}", byte);
    else
      out += c;
  }
  return out;
}

// Within a table of arguments: texts are quoted there.
std::string element(const Value& value);

std::string joined(const List& list, std::string (*write)(const Value&)) {
  std::string out = "[";
  for (const Value& value : list) {
    if (&value != &list.front()) out += ", ";
    out += write(value);
  }
  return out += ']';
}

std::string pairs(const Map& map) {
  std::string out = "[";
  for (const auto& entry : map.entries) {
    if (&entry != &map.entries.front()) out += ", ";
    out += fmt::format("{{\"{}\",{}}}", escaped(entry.first), element(entry.second));
  }
  return out += ']';
}

std::string element(const Value& value) {
  if (const auto* text = value.get<std::string>()) return fmt::format("\"{}\"", escaped(*text));
  if (const auto* list = value.get<List>()) return joined(*list, element);
  return cell(value);
}

struct Writer {
  std::string operator()(Null) const { return {}; }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
  std::string operator()(double number) const { return fmt::format("{}", number); }
  std::string operator()(const std::string& text) const { return escaped(text); }
  std::string operator()(const List& list) const { return joined(list, cell); }
  std::string operator()(const Map& map) const { return pairs(map); }
};

}  // namespace

std::string cell(const Value& value) { return std::visit(Writer{}, value.held); }

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace warren::ctl
