// What messages contain as one number each: of a queue and of its copies, so that they can be compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "broker/message.hpp"
#include "broker/queue/stored/shelf.hpp"
#include "broker/queue/stored/values.hpp"
#include "mirror/copy.hpp"
#include "mirror/messages.hpp"

namespace warren::mirror {

// The same on every node, and from one start of the program to the next. Against accidents, not against malice.
std::uint64_t weight_of(const broker::Message& message);

// One stretch of positions of one machine. First all that is in memory, then chunk by chunk what lies in the store.
// What a message contains never changes: no matter when it is weighed.
class Weighing {
 public:
  using Place = std::pair<broker::Level, Position>;

  Weighing(const Weigh& wanted, std::size_t levels) : wanted_(wanted), levels_(levels) {}

  // A message in memory; ascending. False: that is enough for one step, those behind it are left out.
  bool add(Position position, const broker::Message& message);
  // The next chunk to read, of those that are in the store and for which wanted(level, first) holds; none: all is
  // weighed. `shelf` may be null.
  std::optional<Place> next_chunk(const broker::Shelf* shelf,
                                  const std::function<bool(broker::Level, Position)>& wanted);
  // False: nobody waits for it.
  bool loaded(const broker::ChunkLoad& load, const std::vector<broker::StoredMessage>& messages,
              const broker::Shelf* shelf);
  bool waits() const { return loading_.has_value(); }

  ComparisonNumber comparison() const { return wanted_.comparison; }
  Position first() const { return wanted_.first; }
  Position last() const { return wanted_.last; }
  // Ascending, kWeightsMax at most.
  std::vector<Weight> take() { return std::move(weights_); }

 private:
  bool has(Position position) const;
  bool lacks(Position first, const broker::Shelf::Chunk& chunk) const;

  Weigh wanted_;
  std::size_t levels_;
  std::vector<Weight> weights_;  // ascending
  std::size_t bytes_ = 0;
  std::size_t level_ = 0;    // those below were looked at
  Position next_chunk_ = 0;  // and of this one the chunks before
  std::optional<Place> loading_;
};

// ---- the copy's side ----

// What the copy answers to a Seal.
void answer(const Seal& seal, const Copy& copy, std::vector<MirrorMail>& mail);
// Begins with what is in memory; to be gone on with by weigh_on.
Weighing weigh(const Weigh& wanted, const Copy& copy);
// Asks for a chunk, or answers when all is weighed. Returns whether it has.
bool weigh_on(Weighing& weighing, const Copy& copy, std::vector<broker::ChunkLoad>& loads,
              std::vector<MirrorMail>& mail);

}  // namespace warren::mirror
