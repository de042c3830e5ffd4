#include "broker/session/rules/rights.hpp"

#include <utility>

namespace warren::broker::session {
namespace {

constexpr std::string_view kEverything = ".*";

}  // namespace

bool Rights::allow(const Catalog& catalog, VhostId vhost, std::string_view user, Right right, std::string_view name) {
  if (seen_ != catalog.stamp()) look_up(catalog, vhost, user);
  if (everything_) return true;
  return rules_ != nullptr && allows((*rules_)[static_cast<std::size_t>(right)], name);
}

void Rights::look_up(const Catalog& catalog, VhostId vhost, std::string_view user) {
  seen_ = catalog.stamp();
  const PermissionDefinition* permission = catalog.find_permission(vhost, user);
  everything_ = permission != nullptr && permission->configure == kEverything && permission->write == kEverything &&
                permission->read == kEverything;
  if (permission == nullptr || everything_) {
    rules_.reset();
    return;
  }
  if (rules_ == nullptr) rules_ = std::make_unique<std::array<Rule, kRights>>();
  const std::string* texts[kRights] = {&permission->configure, &permission->write, &permission->read};
  for (std::size_t i = 0; i < kRights; ++i)
    if (Rule& rule = (*rules_)[i]; rule.text != *texts[i]) rule = Rule{*texts[i], {}, false, {}, false};
}

bool Rights::allows(Rule& rule, std::string_view name) {
  if (rule.text == kEverything) return true;
  if (rule.text.empty()) return false;  // not: what occurs in every name
  if (!std::exchange(rule.read, true)) {
    if (Result<Pattern, std::string> pattern = Pattern::read(rule.text)) rule.pattern = std::move(*pattern);
  } else if (rule.last_name == name) {
    return rule.last_answer;
  }
  rule.last_name = name;
  return rule.last_answer = rule.pattern && rule.pattern->occurs_in(name);
}

}  // namespace warren::broker::session
