// What the user of a session may do with routing keys of topic exchanges (amqp.md 6.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/pattern/pattern.hpp"
#include "broker/catalog/catalog.hpp"
#include "broker/session/rules/rights.hpp"

namespace warren::broker::session {

// Who asks about which exchange.
struct TopicAsked {
  VhostId vhost;
  std::string_view vhost_name;
  std::string_view user;
  std::string_view exchange;
};

// Patterns are compiled when they are first asked for and kept while they are what the catalog says, a few of them; one
// that cannot be read allows nothing.
class TopicRights {
 public:
  // Requires: always asked for the same user and vhost; the right is one to write or to read.
  bool allow(const Catalog& catalog, const TopicAsked& asked, Right right, std::string_view key);

 private:
  struct Rule {
    std::string text;  // with its variables replaced
    std::optional<Pattern> pattern;
  };
  static constexpr std::size_t kRulesMax = 8;

  const Rule& rule(std::string text);

  std::vector<Rule> rules_;  // the last used is the last
};

// The pattern with {username} and {vhost} replaced, as texts that mean themselves.
std::string with_variables(std::string_view pattern, std::string_view user, std::string_view vhost);

}  // namespace warren::broker::session
