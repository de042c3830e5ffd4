// The law of the stored catalog: whatever is done, what is written is everything.
#include <memory>
#include <set>

#include "tests/broker/catalog/random_commands.hpp"
#include "tests/broker/catalog/stored/stored_world.hpp"

namespace warren::broker {
namespace {

// A catalog that is restarted now and then, its commands and what is stored of them.
class Life {
 public:
  explicit Life(std::uint64_t seed) : commands_(seed), rng_(seed) {}

  void live(int commands) {
    for (int i = 0; i < commands; ++i) {
      step(commands_.next());
      if (rng_.one_in(100)) restart();
    }
  }

  // Everything that was stored is gone with what it was of.
  void end() {
    for (const char* vhost : {"v0", "v1"}) step(DeleteVhost{vhost});
    for (const char* user : {"u0", "u1", "u2"}) step(DeleteUser{user});
    for (std::uint32_t node = 1; node <= catalog_->counters().node.value; ++node) step(RemoveNode{NodeId(node)});
    step(SetClusterName{});
    records_.erase(counters_key());
    CHECK(records_.empty());
  }

  void restart() {
    auto restored = std::make_unique<Catalog>();
    const Restored said = image_.restore(*restored);
    CHECK(said.complaints.empty());
    CHECK(said.writes.empty());
    CHECK(stored_text(*restored) == stored_text(*catalog_));
    CHECK(encode(restored->counters()) == encode(catalog_->counters()));
    Catalog other;  // as on another shard
    (void)image_.restore(other);
    CHECK(stored_text(other) == stored_text(*restored));
    CHECK(other.revision() == restored->revision());
    CHECK(other.routes_revision() == restored->routes_revision());
    CHECK(encode(other.counters()) == encode(restored->counters()));
    catalog_ = std::move(restored);
  }

 private:
  void step(const Command& command) {
    const auto outcome = catalog_->apply(command);
    if (!outcome.ok()) return;
    std::vector<DefinitionWrite> writes;
    definition_writes(*catalog_, outcome.value(), writes);
    for (const DefinitionWrite& write : writes) {
      image_.apply(write);
      if (write.erased)
        CHECK_MESSAGE(records_.erase(write.key) == 1, "what is erased was there");
      else
        records_[write.key] = write.value;
    }
    check_identities(outcome.value());
    Records stored = records_;
    stored.erase(counters_key());
    CHECK(stored == records_of(*catalog_));
  }

  void check_identities(const Applied& applied) {
    for (const Change& change : applied.changes) {
      if (const auto* queue = std::get_if<QueueCreated>(&change)) {
        CHECK(queues_.insert(queue->queue).second);
      } else if (const auto* vhost = std::get_if<VhostCreated>(&change)) {
        CHECK(vhosts_.insert(vhost->vhost).second);
      } else if (const auto* binding = std::get_if<BindingCreated>(&change)) {
        CHECK(bindings_.insert(binding->number).second);
      } else if (const auto* node = std::get_if<NodeAdded>(&change)) {
        CHECK(nodes_.insert(node->node).second);
      }
    }
  }

  RandomCommands commands_;
  Rng rng_;
  std::unique_ptr<Catalog> catalog_ = std::make_unique<Catalog>();
  CatalogImage image_;
  Records records_;
  std::set<QueueId> queues_;
  std::set<VhostId> vhosts_;
  std::set<std::uint64_t> bindings_;
  std::set<NodeId> nodes_;
};

}  // namespace

TEST_CASE("whatever was done before, what is stored gives back exactly what was there, and no identity twice") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    Life life(seed);
    life.live(250);
    life.restart();
    life.live(50);
    life.restart();
    life.end();
  }
}

}  // namespace warren::broker
