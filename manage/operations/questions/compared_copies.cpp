#include "manage/operations/questions/compared_copies.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string_view>

namespace warren::manage {
namespace {

constexpr std::array<std::string_view, 4> kVerdicts{"same", "differs", "not_in_sync", "no_answer"};
constexpr std::array<std::string_view, 3> kFaults{"missing", "surplus", "content"};
constexpr int kHexadecimal = 16;

template <class Kind, std::size_t Size>
std::optional<Kind> kind_of(const std::array<std::string_view, Size>& words, std::string_view word) {
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<Kind>(found - words.begin());
}

// Zero when there is none.
std::uint64_t number_of(const Map& cells, std::string_view name) {
  const Value* value = cells.find(name);
  const auto* number = value == nullptr ? nullptr : value->get<std::int64_t>();
  return number == nullptr ? 0 : static_cast<std::uint64_t>(*number);
}

std::optional<ComparedCopies> read_owner(const Map& cells) {
  const std::string_view text = text_of(cells, "digest");
  ComparedCopies compared{number_of(cells, "messages"), number_of(cells, "weighed"), 0};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), compared.digest, kHexadecimal);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return compared;
}

std::optional<ComparedCopy> read_copy(const Map& cells) {
  const auto verdict = kind_of<CopyVerdict>(kVerdicts, text_of(cells, "verdict"));
  const std::uint64_t node = number_of(cells, "node");
  if (!verdict || node == 0 || node > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  ComparedCopy copy{NodeId(static_cast<std::uint32_t>(node)), *verdict, number_of(cells, "weighed")};
  if (copy.verdict != CopyVerdict::differs) return copy;
  const auto fault = kind_of<CopyFault>(kFaults, text_of(cells, "fault"));
  if (!fault) return std::nullopt;
  copy.difference = CopyDifference{number_of(cells, "position"), number_of(cells, "place"), *fault};
  return copy;
}

}  // namespace

std::string_view verdict_word(CopyVerdict verdict) { return kVerdicts[static_cast<std::size_t>(verdict)]; }

std::string digest_text(std::uint64_t digest) { return fmt::format("{:016x}", digest); }

Rows rows_of(const ComparedCopies& compared) {
  Map owner;
  owner.add("messages", compared.messages).add("weighed", compared.weighed);
  owner.add("digest", digest_text(compared.digest));
  Rows rows{{"", std::move(owner)}};
  for (const ComparedCopy& copy : compared.copies) {
    Map cells;
    cells.add("node", copy.node.value).add("verdict", verdict_word(copy.verdict)).add("weighed", copy.weighed);
    if (copy.difference) {
      cells.add("position", copy.difference->position).add("place", copy.difference->place);
      cells.add("fault", kFaults[static_cast<std::size_t>(copy.difference->fault)]);
    }
    rows.push_back({fmt::format("{:010}", copy.node.value), std::move(cells)});
  }
  return rows;
}

std::optional<ComparedCopies> compared_copies_in(const Rows& rows) {
  if (rows.empty()) return std::nullopt;
  std::optional<ComparedCopies> compared = read_owner(rows.front().cells);
  for (std::size_t i = 1; compared && i < rows.size(); ++i) {
    const std::optional<ComparedCopy> copy = read_copy(rows[i].cells);
    if (!copy) return std::nullopt;
    compared->copies.push_back(*copy);
  }
  return compared;
}

}  // namespace warren::manage
