// What surrounds a session, with a catalog as a fresh node has it.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/password.hpp"
#include "broker/session/context.hpp"

namespace warren::broker::session::testing {

inline constexpr NodeId kNode{1};
inline constexpr SessionRef kSelf{SessionId(1), kNode, 0};

struct Surroundings {
  Surroundings() {
    constexpr std::uint32_t kSalt = 1;
    for (const Command& command : default_definitions(hash_password("guest", kSalt))) apply(command);
  }

  void apply(const Command& command) { REQUIRE(catalog.apply(command).ok()); }

  QueueRef declare(std::string_view name) {
    QueueDefinition queue;
    queue.vhost = catalog.find_vhost("/")->id;
    queue.name = std::string(name);
    queue.owner = kNode;
    apply(DeclareQueue{queue});
    return catalog.find_queue(queue.vhost, name)->ref;
  }

  SessionSettings settings;
  Catalog catalog;
  Router router{catalog, kNode};
  Rng rng{1};
  Now now{1000, 1'700'000'000};
  std::vector<QueueMail> queue_mail;
  std::vector<Propose> proposals;
  std::vector<Letter> letters;
  std::vector<Remember> memories;
  std::vector<std::string> log;
  SessionContext context{settings, catalog,    router,    rng,     now,      kNoAlarm,
                         false,    queue_mail, proposals, letters, memories, log};
};

}  // namespace warren::broker::session::testing
