#include "broker/session/rules/topic_rights.hpp"

#include <algorithm>
#include <utility>

namespace warren::broker::session {
namespace {

constexpr std::string_view kEveryTopic = ".*";

// As a piece of a pattern that means itself.
void append_quoted(std::string& pattern, std::string_view text) {
  constexpr std::string_view kSpecial = R"(\^$.|?*+()[]{}-)";
  for (const char c : text) {
    if (kSpecial.find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
}

}  // namespace

std::string with_variables(std::string_view pattern, std::string_view user, std::string_view vhost) {
  constexpr std::string_view kUser = "{username}";
  constexpr std::string_view kVhost = "{vhost}";
  std::string text;
  while (!pattern.empty()) {
    const bool is_user = pattern.starts_with(kUser);
    if (is_user || pattern.starts_with(kVhost)) {
      append_quoted(text, is_user ? user : vhost);
      pattern.remove_prefix((is_user ? kUser : kVhost).size());
    } else {
      text += pattern.front();
      pattern.remove_prefix(1);
    }
  }
  return text;
}

bool TopicRights::allow(const Catalog& catalog, const TopicAsked& asked, Right right, std::string_view key) {
  const TopicPermissionDefinition* permission = catalog.find_topic_permission(asked.vhost, asked.user, asked.exchange);
  if (permission == nullptr) return true;
  const std::string& text = right == Right::write ? permission->write : permission->read;
  if (text == kEveryTopic) return true;
  if (text.empty()) return key.empty();
  const Rule& found = rule(with_variables(text, asked.user, asked.vhost_name));
  return found.pattern && found.pattern->occurs_in(key);
}

const TopicRights::Rule& TopicRights::rule(std::string text) {
  const auto found = std::ranges::find(rules_, text, &Rule::text);
  if (found != rules_.end()) {
    std::rotate(found, found + 1, rules_.end());
    return rules_.back();
  }
  if (rules_.size() == kRulesMax) rules_.erase(rules_.begin());
  Rule& added = rules_.emplace_back();
  if (Result<Pattern, std::string> pattern = Pattern::read(text)) added.pattern = std::move(*pattern);
  added.text = std::move(text);
  return added;
}

}  // namespace warren::broker::session
