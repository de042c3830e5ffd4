#include "tools/ctl/print/failures.hpp"

#include <fmt/core.h>

#include "tools/ctl/print/cells.hpp"

namespace warren::ctl {
namespace {

using manage::Map;
using manage::Value;

constexpr std::size_t kQueuesShownMax = 20;

std::string field(const Map& map, std::string_view name) {
  const Value* value = map.find(name);
  return value == nullptr ? std::string() : cell(*value);
}

// The queues that would go, and how to say that this is meant.
std::string losses(const manage::List& queues) {
  std::string text;
  for (const Value& queue : queues) {
    const Map* map = queue.get<Map>();
    if (map == nullptr) continue;
    if (&queue - queues.data() == static_cast<std::ptrdiff_t>(kQueuesShownMax)) {
      text += fmt::format("  and {} more\n", queues.size() - kQueuesShownMax);
      break;
    }
    text += fmt::format("  queue '{}' in vhost '{}' with {} messages\n", field(*map, "name"), field(*map, "vhost"),
                        field(*map, "messages"));
  }
  return text + "Nothing was done. If this is meant, say so with --accept-loss.\n";
}

// Whether the sentence stands behind "Error:" on the same line, as the reference has it.
bool on_one_line(const manage::Failure& failure) {
  return failure.code == manage::kUsage || failure.code == manage::kTemporary || failure.kind == "with_itself" ||
         failure.kind == "not_authenticated";
}

}  // namespace

std::string failure_text(const manage::Failure& failure) {
  std::string text = fmt::format("Error:{}{}\n", on_one_line(failure) ? ' ' : '\n', failure.sentence);
  const auto* queues = failure.kind == "would_lose" ? failure.details.get<manage::List>() : nullptr;
  return queues == nullptr ? text : text + losses(*queues);
}

}  // namespace warren::ctl
