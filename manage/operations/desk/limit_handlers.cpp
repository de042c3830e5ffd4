// How much there may be in a vhost.
#include <fmt/core.h>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>

#include "manage/operations/desk/need.hpp"
#include "manage/operations/json/json.hpp"
#include "manage/operations/rows/catalog_rows.hpp"

namespace warren::manage {
namespace {

// Negative: none.
Result<std::optional<std::uint32_t>, std::string> read_limit(std::string_view name, const Value& value) {
  const auto* number = value.get<std::int64_t>();
  if (number == nullptr || *number > std::numeric_limits<std::uint32_t>::max())
    return fmt::format("the limit {} is a number", name);
  if (*number < 0) return std::optional<std::uint32_t>();
  return std::optional(static_cast<std::uint32_t>(*number));
}

Result<broker::VhostLimits, std::string> read_limits(std::string_view definition) {
  const auto value = read_json(definition);
  const Map* map = value ? value->get<Map>() : nullptr;
  if (map == nullptr) return std::string("JSON decoding error: the limits are an object such as {\"max-queues\":100}");
  broker::VhostLimits limits;
  for (const auto& [name, number] : map->entries) {
    const bool of_queues = name == "max-queues";
    if (!of_queues && name != "max-connections")
      return fmt::format("'{}' is no limit of a virtual host: there are max-connections and max-queues", name);
    const auto limit = read_limit(name, number);
    if (!limit) return limit.error();
    (of_queues ? limits.queues : limits.connections) = *limit;
  }
  return limits;
}

Need set_vhost_limits(const Map& arguments, const DeskFacts& facts) {
  const auto limits = read_limits(text_of(arguments, "definition"));
  if (!limits) return Answer(Failure{limits.error(), kDataError, "bad_argument", {}});
  if (auto failure = unknown_vhost(arguments, facts)) return Answer(std::move(*failure));
  return propose(broker::SetVhostLimits{vhost_in(arguments), *limits});
}

Need clear_vhost_limits(const Map& arguments, const DeskFacts& facts) {
  if (auto failure = unknown_vhost(arguments, facts)) return Answer(std::move(*failure));
  return propose(broker::SetVhostLimits{vhost_in(arguments), {}});
}

Need list_vhost_limits(const Map& arguments, const DeskFacts& facts) {
  const bool all = flag_of(arguments, "global");
  if (!all)
    if (auto failure = unknown_vhost(arguments, facts)) return Answer(std::move(*failure));
  if (all) return Answer(vhost_limit_rows(facts.catalog));
  return Answer(Value(limits_map(facts.catalog.find_vhost(vhost_in(arguments))->limits)));
}

constexpr std::array<Handler, 3> kLimitHandlers{{
    {"set_vhost_limits", set_vhost_limits},
    {"clear_vhost_limits", clear_vhost_limits},
    {"list_vhost_limits", list_vhost_limits},
}};

}  // namespace

const Handler* limit_handler(std::string_view operation) { return handler_among(kLimitHandlers, operation); }

}  // namespace warren::manage
