// What the user of a session may do in its vhost (amqp.md 6.1).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/pattern/pattern.hpp"
#include "broker/catalog/catalog.hpp"

namespace warren::broker::session {

enum class Right : std::uint8_t { configure, write, read };

// Three patterns of the catalog, compiled when they are first asked for and again when they have changed. They come
// from operators who may err, so they are of a kind that neither throws nor hangs (base/pattern): one that cannot be
// read allows nothing. Who may do everything, as most may, pays a comparison of revisions.
class Rights {
 public:
  // Requires: always asked for the same user and vhost.
  bool allow(const Catalog& catalog, VhostId vhost, std::string_view user, Right right, std::string_view name);

 private:
  struct Rule {
    std::string text;
    std::optional<Pattern> pattern;  // none: nothing is allowed
    bool read = false;               // the text was made a pattern, or found to be none
    std::string last_name;
    bool last_answer = false;
  };
  static constexpr std::size_t kRights = 3;

  void look_up(const Catalog& catalog, VhostId vhost, std::string_view user);
  static bool allows(Rule& rule, std::string_view name);

  CatalogStamp seen_;  // of the catalog when it was last looked at
  bool everything_ = false;
  std::unique_ptr<std::array<Rule, kRights>> rules_;  // none: everything or nothing
};

}  // namespace warren::broker::session
