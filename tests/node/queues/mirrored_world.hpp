// A host of queues that another node mirrors, which answers as the test says.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "node/queues/queue_host.hpp"
#include "tests/broker/session/surroundings.hpp"

namespace warren::node::testing {

inline constexpr NodeId kHome{1};
inline constexpr NodeId kAway{2};

struct MirroredWorld : broker::session::testing::Surroundings {
  MirroredWorld() {
    apply(broker::AddNode{"a@h", broker::NodeKind::disc, "h", 1});
    apply(broker::AddNode{"b@h", broker::NodeKind::disc, "h", 2});
    for (const NodeId node : {kHome, kAway}) apply(broker::NodeUp{node, 7, "h", 1});
    broker::PolicyDefinition policy;
    policy.name = "ha";
    policy.pattern = ".*";
    policy.definition.set("ha-mode", "all");
    apply(broker::SetPolicy{"/", policy});
  }

  QueueId host_queue(std::string_view name, NodeId owner = kHome) {
    broker::QueueDefinition queue;
    queue.vhost = catalog.find_vhost("/")->id;
    queue.name = std::string(name);
    queue.owner = owner;
    apply(broker::DeclareQueue{queue});
    const QueueId id = catalog.find_queue(queue.vhost, name)->ref.id;
    follow(id);
    return id;
  }
  void follow(QueueId id) {
    host.follow(*catalog.queue(id), kHome, now, lanes);
    end_batch();
  }
  void end_batch() { host.end_batch(now, rng, lanes); }
  void hear(QueueId id, mirror::Content content) {
    mirror::MirrorMail mail{catalog.queue(id)->ref, std::move(content)};
    host.take(kAway, mail, now, lanes);
    end_batch();
  }
  // The copy says that it has nothing, gets nothing, and has everything then.
  void let_copy_answer(QueueId id) {
    const mirror::Serial serial = std::get<mirror::Begin>(parcels.back().mail.content).serial;
    hear(id, mirror::Holdings{serial});
    hear(id, mirror::Held{serial, std::get<mirror::Shipment>(parcels.back().mail.content).number});
  }
  void run(QueueId id, broker::QueueCommand command) {
    CHECK(host.step(catalog.queue(id)->ref, command, now, lanes));
    end_batch();
  }
  // The last of its kind that was sent.
  template <class Content>
  const Content& sent() const {
    const Content* found = nullptr;
    for (const mirror::Parcel& parcel : parcels)
      if (const auto* content = std::get_if<Content>(&parcel.mail.content)) found = content;
    REQUIRE(found != nullptr);
    return *found;
  }

  Timers timers;
  StorageSettings storage;
  QueueHost host{catalog, router, timers, storage};
  broker::RecordWriter journal;
  std::vector<broker::SessionMail> mail_when_durable;
  std::vector<broker::ChunkKey> erased_chunks;
  std::vector<broker::SessionMail> session_mail;
  std::vector<mirror::Parcel> parcels;
  std::vector<broker::ChunkLoad> loads;
  HostLanes lanes{queue_mail,        session_mail,  proposals, memories, journal,
                  mail_when_durable, erased_chunks, parcels,   loads};
};

}  // namespace warren::node::testing
