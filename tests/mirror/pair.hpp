// A queue and its copy on a table: each with a store, and mail between them that waits until it is carried.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/rng.hpp"
#include "broker/queue/queue.hpp"
#include "mirror/comparison.hpp"
#include "mirror/copy.hpp"
#include "mirror/shipping.hpp"
#include "tests/broker/queue/queue_fixture.hpp"

namespace warren::mirror::testing {

inline constexpr NodeId kOwner{1};
inline constexpr NodeId kCopy{2};

class Pair {
 public:
  // `in_set`: the copy is waited for from the beginning.
  explicit Pair(bool in_set = true, bool may_fill = true);

  // ---- the owner ----
  // One batch.
  void run(broker::QueueCommand command);
  void publish(std::string_view key, std::uint64_t sequence, bool persistent = true, std::uint8_t priority = 0);
  // Asks for one message, and settles the last one that has come or leaves all with the client.
  void get(bool settle);
  void settle_all();
  // Messages that have come to the client and are not settled.
  std::size_t with_client() const { return held_.size(); }
  void end_batch();
  // Answers that publishers have got, as sequence numbers.
  std::vector<std::uint64_t> confirmed();

  // ---- between them ----
  // Carries one piece of mail, either way. False: there is none.
  bool carry_to_copy();
  bool carry_to_owner();
  void carry_all();
  // What is under way is lost, and both hear of it.
  void lose_mail();

  // ---- storage ----
  void page_out_owner();
  void page_out_copy();
  void journal_goes_on() { durable_ = coming_; }

  // ---- comparing ----
  // From the end of the next batch on; it ends after so long.
  void begin_comparison(Instant within_ms = 1000);
  // Begins one, carries all there is, and gives it when it has ended.
  const Comparison& compared();

  // The catalog says so.
  void set_in_sync(bool in_sync);
  // The copy becomes the queue; what it gives, in order.
  std::vector<std::string> promote();

  // The last wish about who is in sync; null: there is none.
  const broker::SetInSync* wish() const {
    return proposals.empty() ? nullptr : std::get_if<broker::SetInSync>(&proposals.back().command);
  }

  bool same() const { return queue.live().all() == copy->live().all(); }

  broker::QueueSettings settings;
  Now now{1000, 50};
  broker::Queue queue;
  Serial serial = 0;
  Shipping shipping;
  std::unique_ptr<Copy> copy;
  broker::QueueDefinition definition;
  std::vector<broker::Propose> proposals;
  std::vector<broker::SessionMail> mail;
  std::deque<MirrorMail> to_copy;
  std::deque<MirrorMail> to_owner;
  broker::RecordWriter copy_journal;
  std::unique_ptr<Comparison> comparison;

 private:
  ShippingLanes lanes() { return {parcels_, proposals, mail, loads_}; }
  void collect();
  void read_chunks();
  void tell_of_comparison(const MirrorMail& mail, std::vector<MirrorMail>& answers);

  std::vector<Parcel> parcels_;
  std::vector<broker::ChunkLoad> loads_;
  std::vector<broker::DeadLetter> dead_letters_;
  std::vector<broker::Farewell> farewells_;
  broker::RecordWriter journal_;
  std::vector<broker::ChunkKey> erased_;
  std::map<broker::ChunkKey, std::vector<broker::StoredMessage>> store_;
  std::map<broker::ChunkKey, std::vector<broker::StoredMessage>> copy_store_;
  std::vector<Position> held_;
  ComparisonNumber last_comparison_ = 0;
  std::uint64_t coming_ = 1;
  std::uint64_t durable_ = 0;
};

}  // namespace warren::mirror::testing
