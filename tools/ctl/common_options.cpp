#include "tools/ctl/common_options.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace warren::ctl {
namespace {

constexpr double kTimeoutMax_s = 1e9;

std::optional<Format> format_named(std::string_view name) {
  for (const auto& [known, format] :
       {std::pair{"table", Format::table}, std::pair{"pretty_table", Format::pretty_table},
        std::pair{"json", Format::json}, std::pair{"csv", Format::csv}})
    if (name == known) return format;
  return std::nullopt;
}

std::optional<double> seconds(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !(number >= 0) || number > kTimeoutMax_s)
    return std::nullopt;
  return number;
}

}  // namespace

std::optional<OptionWord> as_option(std::string_view word) {
  if (word.size() < 2 || word[0] != '-' || word == "--") return std::nullopt;
  OptionWord option;
  option.is_letter = word[1] != '-';
  word.remove_prefix(option.is_letter ? 1 : 2);
  const std::size_t equals = word.find('=');
  option.has_value = equals != std::string_view::npos;
  option.name = std::string(word.substr(0, equals));
  if (option.has_value) option.value = std::string(word.substr(equals + 1));
  if (!option.is_letter) std::ranges::replace(option.name, '-', '_');
  return option;
}

const std::vector<manage::Option>& common_options() {
  static const std::vector<manage::Option> kAll{
      {"node", 'n', "node", "the node to talk to"},
      {"url", 0, "url", "the node's HTTP port instead: http://USER:PASSWORD@HOST:PORT"},
      {"timeout", 't', "seconds", "how long to wait; 0 does not wait at all"},
      {"quiet", 'q', "", "no line that says what is done"},
      {"silent", 's', "", "neither that line nor the names of columns"},
      {"formatter", 0, "format", "table, pretty_table, json or csv"},
      {"no_table_headers", 0, "", "no names of columns"},
      {"longnames", 'l', "", "understood for old scripts; names of nodes are taken as they are"},
      {"script_name", 0, "name", "understood for old scripts"},
      {"erlang_cookie", 0, "secret", "understood for old scripts; the socket belongs to who may use it"},
      {"print_stacktrace", 0, "", "understood for old scripts"},
      {"aliases_file", 0, "file", "understood for old scripts"},
      {"help", '?', "", "this text"},
  };
  return kAll;
}

std::optional<std::string> set_common(const manage::Option& option, const std::string& value, Common& common) {
  if (option.name == "node") {
    common.node = value;
  } else if (option.name == "url") {
    common.url = value;
  } else if (option.name == "quiet") {
    common.quiet = true;
  } else if (option.name == "silent") {
    common.quiet = true;
    common.headers = false;
  } else if (option.name == "no_table_headers") {
    common.headers = false;
  } else if (option.name == "timeout") {
    common.timeout_s = seconds(value);
    if (!common.timeout_s) return fmt::format("--timeout takes a number of seconds, not '{}'", value);
  } else if (option.name == "formatter") {
    const std::optional<Format> format = format_named(value);
    if (!format) return fmt::format("--formatter takes table, pretty_table, json or csv, not '{}'", value);
    common.format = *format;
  }
  return std::nullopt;
}

}  // namespace warren::ctl
