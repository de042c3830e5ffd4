#include "tools/ctl/print/rows.hpp"

#include <algorithm>
#include <vector>

#include "manage/operations/json/json.hpp"
#include "tools/ctl/print/cells.hpp"

namespace warren::ctl {
namespace {

using manage::List;
using manage::Map;
using manage::Value;
using Line = std::vector<std::string>;

std::vector<Line> lines_of(const List& rows, bool headers) {
  std::vector<Line> lines;
  for (const Value& row : rows) {
    const Map* map = row.get<Map>();
    if (map == nullptr) continue;
    if (lines.empty() && headers)
      for (Line& header = lines.emplace_back(); const auto& entry : map->entries) header.push_back(entry.first);
    Line& line = lines.emplace_back();
    for (const auto& entry : map->entries) line.push_back(cell(entry.second));
  }
  return lines;
}

std::string tabbed(const std::vector<Line>& lines) {
  std::string out;
  for (const Line& line : lines) {
    for (const std::string& text : line) {
      if (&text != &line.front()) out += '\t';
      out += text;
    }
    out += '\n';
  }
  return out;
}

std::string csv(const std::vector<Line>& lines) {
  std::string out;
  for (const Line& line : lines) {
    for (const std::string& text : line) {
      if (&text != &line.front()) out += ',';
      out += '"';
      for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
      }
      out += '"';
    }
    out += '\n';
  }
  return out;
}

std::string json_lines(const List& rows) {
  std::string out = "[\n";
  for (const Value& row : rows) {
    if (&row != &rows.front()) out += ',';
    manage::write_json(row, out);
    out += '\n';
  }
  return out += "]\n";
}

std::vector<std::size_t> widths_of(const std::vector<Line>& lines) {
  std::vector<std::size_t> widths(lines.front().size());
  for (const Line& line : lines)
    for (std::size_t at = 0; at < std::min(line.size(), widths.size()); ++at)
      widths[at] = std::max(widths[at], width(line[at]));
  return widths;
}

std::string rule(const std::vector<std::size_t>& widths, const char* left, const char* middle, const char* right) {
  constexpr const char* kDash = "\u2500";
  std::string out = left;
  for (std::size_t at = 0; at < widths.size(); ++at) {
    if (at > 0) out += middle;
    for (std::size_t dash = 0; dash < widths[at] + 2; ++dash) out += kDash;
  }
  return out.append(right).append("\n");
}

std::string pretty(const std::vector<Line>& lines) {
  constexpr const char* kBar = "\u2502";
  if (lines.empty()) return {};
  const std::vector<std::size_t> widths = widths_of(lines);
  std::string out = rule(widths, "\u250c", "\u252c", "\u2510");
  for (const Line& line : lines) {
    if (&line != &lines.front()) out += rule(widths, "\u251c", "\u253c", "\u2524");
    for (std::size_t at = 0; at < widths.size(); ++at) {
      const std::string text = at < line.size() ? line[at] : std::string();
      out.append(kBar).append(" ").append(text).append(widths[at] - width(text) + 1, ' ');
    }
    out.append(kBar).append("\n");
  }
  return out += rule(widths, "\u2514", "\u2534", "\u2518");
}

}  // namespace

std::string print_rows(const List& rows, Format format, bool headers) {
  switch (format) {
    case Format::json: return json_lines(rows);
    case Format::csv: return csv(lines_of(rows, headers));
    case Format::pretty_table: return pretty(lines_of(rows, headers));
    case Format::table: break;
  }
  return tabbed(lines_of(rows, headers));
}

}  // namespace warren::ctl
