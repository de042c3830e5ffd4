// Who may use what routing keys of topic exchanges.
#include <array>
#include <optional>

#include "base/limits.hpp"
#include "manage/operations/desk/need.hpp"
#include "manage/operations/rows/catalog_rows.hpp"

namespace warren::manage {
namespace {

Need set_topic_permissions(const Map& arguments, const DeskFacts& facts) {
  if (auto failure = bad_pattern(arguments, {"write", "read"})) return Answer(std::move(*failure));
  if (auto failure = unknown_user(arguments, facts)) return Answer(std::move(*failure));
  if (auto failure = unknown_vhost(arguments, facts)) return Answer(std::move(*failure));
  const std::string exchange = text_in(arguments, "exchange");
  if (exchange.empty() || exchange.size() > warren::limits::kShortStringBytesMax)
    return Answer(Failure{"the name of an exchange has 1 to 255 bytes", kDataError, "bad_argument", {}});
  return propose(broker::SetTopicPermission{vhost_in(arguments), text_in(arguments, "username"), exchange,
                                            text_in(arguments, "write"), text_in(arguments, "read")});
}

Need clear_topic_permissions(const Map& arguments, const DeskFacts& facts) {
  if (auto failure = unknown_user(arguments, facts)) return Answer(std::move(*failure));
  if (auto failure = unknown_vhost(arguments, facts)) return Answer(std::move(*failure));
  return propose(broker::ClearTopicPermission{vhost_in(arguments), text_in(arguments, "username"),
                                              text_in(arguments, "exchange")});
}

Need list_topic_permissions(const Map& arguments, const DeskFacts& facts) {
  return Answer(topic_permission_rows(facts.catalog, vhost_in(arguments)));
}

Need list_user_topic_permissions(const Map& arguments, const DeskFacts& facts) {
  if (auto failure = unknown_user(arguments, facts)) return Answer(std::move(*failure));
  return Answer(user_topic_permission_rows(facts.catalog, text_of(arguments, "username")));
}

constexpr std::array<Handler, 4> kTopicHandlers{{
    {"set_topic_permissions", set_topic_permissions},
    {"clear_topic_permissions", clear_topic_permissions},
    {"list_topic_permissions", list_topic_permissions},
    {"list_user_topic_permissions", list_user_topic_permissions},
}};

}  // namespace

const Handler* topic_handler(std::string_view operation) { return handler_among(kTopicHandlers, operation); }

}  // namespace warren::manage
