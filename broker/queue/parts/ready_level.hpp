// The ready messages of one priority. What comes soon and what came last is in memory; what lies between may be cold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/ring.hpp"
#include "base/time.hpp"
#include "broker/message.hpp"

namespace warren::broker {

// A message and its place in the queue.
struct Queued {
  MessageRef message;
  std::uint64_t position : 63 = 0;
  std::uint64_t redelivered : 1 = 0;  // has been with a client before
  Instant deadline = kNever;          // dead from then on
};
static_assert(sizeof(Queued) <= 24, "a backlog of a hundred million messages is memory");

// Ready messages in a row that are not, or not only, in memory.
struct ColdRun {
  enum class State : std::uint8_t {
    here,     // held in memory: being written, or come back before its turn
    cold,     // in the store alone
    loading,  // asked for
  };
  Position chunk = 0;  // first position of the chunk that has them; zero: none has
  Position first = 0;
  Position last = 0;
  std::uint32_t count = 0;
  std::uint64_t body_bytes = 0;
  State state = State::cold;
  bool deadlines = false;  // some of them have one
  std::vector<Queued> held = {};
};

// In the order of delivery: those that came back, by position; the front; cold runs; the tail. Messages that come back
// were delivered before anything else here could be, so they are older than all of it.
class ReadyLevel {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  void push(Queued queued);
  void put_back(Queued queued);
  // Whether the next message is in memory. When it is not, a load is due.
  bool available() const { return !returned_.empty() || !front_.empty(); }
  // Require: available().
  const Queued& head() const { return returned_.empty() ? front_.front() : returned_.front(); }
  Queued pop();
  Instant next_deadline() const { return available() ? head().deadline : kNever; }
  void clear();

  // Footprints of the messages that are in memory.
  std::size_t hot_bytes() const { return hot_bytes_; }

  // ---- cold storage ----

  // Takes messages that come late, in a row and ascending: from the tail, or from behind the front while there is no
  // tail worth it. At least one message and `front_bytes` of footprints stay at the front. Empty: nothing is left to
  // take. What is taken comes back with insert_cold() at once.
  std::vector<Queued> take_late(std::size_t bytes_max, std::size_t front_bytes);
  // The taken messages as runs, in their order. Messages that a run holds count as being in memory.
  void insert_cold(std::vector<ColdRun> runs);
  // Puts runs behind everything that is here, as recovery found them. Counts their messages.
  void restore_cold(std::vector<ColdRun> runs);
  // A chunk is in the store now: what is held of it only for that is dropped.
  void written(Position chunk);
  // Asks for the next cold runs, so many bytes ahead at least; calls load(chunk) once per chunk.
  template <class Load>
  void read_ahead(std::size_t bytes, Load&& load);
  struct Lost {
    std::uint32_t messages = 0;
    std::uint64_t body_bytes = 0;
    std::vector<std::pair<Position, Position>> among = {};  // ranges that have lost some
  };
  // The messages of a chunk that was asked for, ascending. Tells what of its runs is missing: that is lost.
  Lost loaded(Position chunk, std::vector<Queued> messages);
  const Ring<ColdRun>& cold() const { return cold_; }
  // Whether something that expires may be next and is not in memory.
  bool hides_deadline() const { return !available() && !cold_.empty() && cold_.front().deadlines; }

  // Calls visit(const Queued&) for each message that is in memory.
  template <class Visit>
  void for_each_hot(Visit&& visit) const;

 private:
  void count_in(const Queued& queued) {
    ++size_;
    hot_bytes_ += queued.message->footprint_bytes();
  }
  // Brings what is in memory already to an empty front.
  void advance();
  // Whether the chunk of this run was asked for, for another of its runs, and has not come.
  bool neighbour_loading(std::size_t run) const;

  Ring<Queued> front_;
  Ring<ColdRun> cold_;
  Ring<Queued> tail_;
  std::vector<Queued> returned_;  // a heap, the lowest position first
  std::size_t size_ = 0;
  std::size_t hot_bytes_ = 0;
  std::size_t front_bytes_ = 0;
  std::size_t tail_bytes_ = 0;
  bool came_from_front_ = false;  // what take_late() gave
};

template <class Load>
void ReadyLevel::read_ahead(std::size_t bytes, Load&& load) {
  std::size_t ahead = front_bytes_;
  for (std::size_t i = 0; i < cold_.size() && ahead < bytes; ++i) {
    ColdRun& run = cold_[i];
    ahead += run.body_bytes + run.count * (sizeof(Message) + sizeof(Queued));
    if (run.state != ColdRun::State::cold) continue;
    const bool asked = neighbour_loading(i);
    run.state = ColdRun::State::loading;
    if (!asked) load(run.chunk);
  }
}

template <class Visit>
void ReadyLevel::for_each_hot(Visit&& visit) const {
  for (const Queued& queued : returned_) visit(queued);
  for (std::size_t i = 0; i < front_.size(); ++i) visit(front_[i]);
  for (std::size_t i = 0; i < cold_.size(); ++i)
    for (const Queued& queued : cold_[i].held) visit(queued);
  for (std::size_t i = 0; i < tail_.size(); ++i) visit(tail_[i]);
}

}  // namespace warren::broker
