#include "node/settings/config_file.hpp"

#include <fmt/core.h>

namespace warren::node {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

Result<Done, std::string> apply_line(std::string_view line, Settings& settings) {
  const std::string_view content = trimmed(line.substr(0, line.find('#')));
  if (content.empty()) return Done{};
  const std::size_t equals = content.find('=');
  if (equals == std::string_view::npos) return std::string("expected 'name = value'");
  return set(settings, trimmed(content.substr(0, equals)), trimmed(content.substr(equals + 1)));
}

}  // namespace

Result<Done, std::string> apply_config(std::string_view text, std::string_view file_name, Settings& settings) {
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const Result<Done, std::string> applied = apply_line(text.substr(0, end), settings);
    if (!applied) return fmt::format("{}:{}: {}", file_name, number, applied.error());
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return Done{};
}

}  // namespace warren::node
