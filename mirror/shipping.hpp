// The owner's half of a mirrored queue: who has copies, what they have been sent and hold, and which answers to
// publishers wait for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/ring.hpp"
#include "base/time.hpp"
#include "broker/catalog/definitions.hpp"
#include "broker/queue/effects.hpp"
#include "broker/queue/queue.hpp"
#include "broker/queue/stored/ranges.hpp"
#include "broker/queue/stored/records.hpp"
#include "broker/queue/stored/values.hpp"
#include "broker/session/mail.hpp"
#include "mirror/follower.hpp"
#include "mirror/messages.hpp"

namespace warren::mirror {

// Where the effects go.
struct ShippingLanes {
  std::vector<Parcel>& parcels;
  std::vector<broker::Propose>& proposals;
  std::vector<broker::SessionMail>& mail;
  std::vector<broker::ChunkLoad>& loads;
};

// The rules that keep it safe (ARCHITECTURE.md, mirrors):
// - an answer goes out when this node has made durable what it speaks of, and every node that counts holds it;
// - what clients are told (deliveries above all) goes out when every node that counts has heard what it follows from: a
//   node that takes over knows which messages somebody may have seen. Waiting for the group's word about a node that
//   does not answer has an end, for consumers go on where confirms cannot;
// - a node counts from the moment it has everything, before the group is asked to take it into the set; when it has all
//   that was answered before, the group is asked. Who is in the set counts until the group has agreed otherwise.
class Shipping {
 public:
  // `next_serial` is shared by all queues of the shard and outlives this. A copy that lacks messages gets so many bytes
  // of them per second at most; zero: as many as leave room for what is new.
  Shipping(QueueRef queue, Serial& next_serial, std::uint64_t fill_bytes_per_s_max = 0)
      : queue_(queue), next_serial_(next_serial), fill_bytes_per_s_max_(fill_bytes_per_s_max) {}

  // What the catalog says. `may_fill`: copies that lack old messages get them without being asked to.
  void follow(const broker::QueueDefinition& definition, bool may_fill);

  // What the queue tells in a batch.
  broker::RecordWriter& records();
  std::vector<broker::SessionMail>& answers() { return answers_; }
  std::vector<broker::SessionMail>& mail() { return mail_; }

  // Ends a batch, after the queue has. `coming_write`: the number of the journal's write that the batch went into.
  void end_batch(const broker::Queue& queue, std::uint64_t coming_write, std::uint64_t durable_write, const Now& now,
                 ShippingLanes lanes);
  // The journal has gone on.
  void durable(std::uint64_t durable_write, ShippingLanes lanes);

  // From a copy. Return whether end_batch should be called soon.
  bool on(NodeId from, Holdings& holdings, const broker::Queue& queue);
  bool on(NodeId from, const Held& held);
  bool on(NodeId from, const Lost& lost);
  // A chunk that was read for a copy.
  bool loaded(const broker::ChunkLoad& load, const std::vector<broker::StoredMessage>& messages,
              const broker::Queue& queue);
  // What was on its way to or from that node is gone.
  bool peer_lost(NodeId node);
  // Its clients are gone.
  void forget_sessions(NodeId node);

  // When end_batch is due: somebody has kept answers waiting for so long that the group is asked to go on without it,
  // or more of what a copy lacks may go.
  Instant deadline() const;
  // Whether answers wait.
  bool waits() const { return !waiting_.empty() || !answers_.empty() || !told_.empty() || !mail_.empty(); }
  // The queue is deleted: nobody waits for its copies any more.
  void let_go(std::vector<broker::SessionMail>& mail);
  // Answers that wait and never will be given: publishers hear that nobody knows. What waits to be delivered is
  // delivered by the next owner.
  void give_up(std::vector<broker::SessionMail>& mail);
  // The queue stays what it is to its clients.
  void tell(std::vector<broker::SessionMail>& mail);
  const std::vector<Follower>& followers() const { return followers_; }
  // Of the copy that is farthest among those that are being filled: the messages it lacked and was sent.
  std::optional<std::uint64_t> filling() const;
  // Whether all that was answered or waits for an answer is held by this node.
  bool held_by(NodeId node) const;

 private:
  struct Waiting {
    std::uint64_t index = 0;  // of the shipment that tells of what is answered
    std::uint64_t write = 0;
    Instant since = 0;
    broker::SessionMail mail;
  };

  struct Told {
    std::uint64_t index = 0;  // of the shipment that tells of what it follows from
    Instant since = 0;
    broker::SessionMail mail;
  };

  Follower* find(NodeId node);
  Follower* in_talk(NodeId node, Serial serial);
  bool ship(ShippingLanes& lanes);
  void tell_later(bool shipped, Instant now, ShippingLanes& lanes);
  void forget_settled();
  void begin(Follower& follower, const broker::Queue& queue, ShippingLanes& lanes);
  void fill(Follower& follower, const broker::Queue& queue, const Now& now, ShippingLanes& lanes);
  void close(Follower& follower, const broker::Queue& queue, ShippingLanes& lanes);
  void gather(Follower& follower, const broker::Queue& queue, const Now& now) const;
  void send_gathered(Follower& follower, ShippingLanes& lanes);
  bool load_next(Follower& follower, const broker::Queue& queue, ShippingLanes& lanes);
  void send(Follower& follower, std::shared_ptr<const ByteBuffer> records, bool whole, ShippingLanes& lanes);
  void release(ShippingLanes& lanes);
  Instant patient_until() const;
  std::uint64_t fill_rate(const Follower& follower, Instant now) const;
  bool is_behind(const Follower& follower, Instant now) const;
  void propose(ShippingLanes& lanes);
  void propose_without(Instant now, ShippingLanes& lanes);
  std::uint64_t held_by_all() const;
  std::uint64_t known_to_all() const;

  QueueRef queue_;
  Serial& next_serial_;
  std::uint64_t round_ = 0;  // of the catalog's word
  bool may_fill_ = true;
  std::vector<Follower> followers_;
  std::vector<NodeId> once_whole_;  // nodes that had everything once in this reign
  broker::RecordWriter records_;
  std::vector<broker::SessionMail> answers_;
  std::vector<broker::SessionMail> mail_;
  Ring<Waiting> waiting_;
  Ring<Told> told_;
  std::uint64_t index_ = 0;     // shipments that the queue itself made
  std::uint64_t released_ = 0;  // the last one whose answers have left
  std::uint64_t durable_write_ = 0;
  Instant asked_again_ = 0;       // to go on without somebody
  Instant used_at_ = -1'000'000;  // clients were last told something then
  const std::uint64_t fill_bytes_per_s_max_;
};

}  // namespace warren::mirror
