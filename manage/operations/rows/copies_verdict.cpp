#include "manage/operations/rows/copies_verdict.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>

#include "broker/queue/stored/contents.hpp"
#include "manage/operations/rows/columns_of.hpp"
#include "manage/operations/words/exit_codes.hpp"

namespace warren::manage {
namespace {

using broker::QueueDefinition;

// A mirror as the catalog and the owner know it together.
struct Told {
  std::string node;
  std::string state;
  const ComparedCopy* copy = nullptr;  // null: the owner said nothing of it
};

Told told_of(NodeId node, const ComparedCopy* copy, const broker::Catalog& catalog) {
  const CopyVerdict verdict = copy == nullptr ? CopyVerdict::not_in_sync : copy->verdict;
  const bool known = verdict == CopyVerdict::same || verdict == CopyVerdict::differs;
  const std::string_view state = known || catalog.node_running(node) ? verdict_word(verdict) : "not_running";
  return {std::string(node_name(catalog, node)), std::string(state), copy};
}

// Those that the owner knew of when it began, and those that became mirrors since.
std::vector<Told> told_of(const ComparedCopies& compared, const QueueDefinition& queue,
                          const broker::Catalog& catalog) {
  std::vector<Told> all;
  for (const ComparedCopy& copy : compared.copies) all.push_back(told_of(copy.node, &copy, catalog));
  for (const NodeId node : queue.mirrors)
    if (std::ranges::count(compared.copies, node, &ComparedCopy::node) == 0)
      all.push_back(told_of(node, nullptr, catalog));
  return all;
}

bool is(const Told& told, CopyVerdict verdict) { return told.state == verdict_word(verdict); }

std::string fault_text(CopyFault fault) {
  switch (fault) {
    case CopyFault::missing: return "the owner has it, the copy has not";
    case CopyFault::surplus: return "the copy has it, the owner has not";
    case CopyFault::content: break;
  }
  return "it is another message in the copy";
}

// Requires: it differs.
std::string difference_text(const CopyDifference& first, std::uint64_t messages) {
  const Epoch reign = broker::reign_of(first.position);
  return fmt::format("position {} of reign {} (message {} of {}): {}",
                     first.position - broker::first_position(reign) + 1, reign.value, first.place, messages,
                     fault_text(first.fault));
}

// What else is to be known, a line each.
std::string remarks(const std::vector<Told>& all, const ComparedCopies& compared) {
  std::string lines;
  for (const Told& one : all) {
    if (is(one, CopyVerdict::not_in_sync)) lines += fmt::format("\n  node {}: not in sync: not compared", one.node);
    if (is(one, CopyVerdict::no_answer)) lines += fmt::format("\n  node {}: no answer", one.node);
    if (one.state == "not_running") lines += fmt::format("\n  node {}: not running: not compared", one.node);
    if (is(one, CopyVerdict::same) && one.copy->weighed < compared.messages)
      lines += fmt::format("\n  node {}: {} by content, {} by position only", one.node, one.copy->weighed,
                           compared.messages - one.copy->weighed);
  }
  return lines;
}

std::string summary(const std::vector<Told>& all, const ComparedCopies& compared) {
  const auto same = std::ranges::count_if(all, [](const Told& one) { return is(one, CopyVerdict::same); });
  std::string_view outcome = "is the same on every node";
  if (all.empty())
    outcome = "has one copy";
  else if (same == 0)
    outcome = "was compared with no other copy";
  else if (std::cmp_less(same, all.size()))
    outcome = "is the same wherever it was compared";
  return fmt::format("{}: {} messages (digest {})", outcome, compared.messages, digest_text(compared.digest));
}

List details(const std::vector<Told>& all) {
  List copies;
  for (const Told& one : all) {
    Map cells;
    cells.add("node", one.node).add("state", one.state);
    if (one.copy != nullptr) cells.add("weighed", one.copy->weighed);
    copies.emplace_back(std::move(cells));
  }
  return copies;
}

}  // namespace

Answer verdict_of(const ComparedCopies& compared, const QueueDefinition& queue, const broker::Catalog& catalog) {
  const std::string phrase = fmt::format("Queue '{}' in vhost '{}'", queue.name, vhost_name(catalog, queue.vhost));
  const std::vector<Told> all = told_of(compared, queue, catalog);
  std::string faults;
  for (const Told& one : all)
    if (is(one, CopyVerdict::differs) && one.copy->difference)
      faults += fmt::format("{}{} differs on node {}: {}", faults.empty() ? "" : "\n", phrase, one.node,
                            difference_text(*one.copy->difference, compared.messages));
  if (!faults.empty()) return Failure{std::move(faults), kUnavailable, "copies_differ", details(all)};
  std::string message = fmt::format("{} {}{}", phrase, summary(all, compared), remarks(all, compared));
  const auto silent = [](const Told& one) { return is(one, CopyVerdict::no_answer); };
  if (std::ranges::any_of(all, silent)) return Failure{std::move(message), kTemporary, "no_answer", details(all)};
  Map verdict;
  verdict.add("queue", queue.name).add("vhost", vhost_name(catalog, queue.vhost));
  verdict.add("node", node_name(catalog, queue.owner)).add("messages", compared.messages);
  verdict.add("weighed", compared.weighed).add("digest", digest_text(compared.digest));
  verdict.add("copies", details(all)).add("message", std::move(message));
  return Value(std::move(verdict));
}

}  // namespace warren::manage
