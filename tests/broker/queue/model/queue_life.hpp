// A random life of a queue, followed by the plain model. With a disk messages go cold and come back at random moments.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "base/rng.hpp"
#include "tests/broker/queue/model/queue_disk.hpp"
#include "tests/broker/queue/model/queue_model.hpp"

namespace warren::broker::testing {

enum class LifeKind {
  in_memory,  // nothing is written anywhere
  paged,      // messages go cold
  durable,    // and what is persistent is meant to survive
};

class QueueLife {
 public:
  QueueLife(std::uint64_t seed, LifeKind kind);

  // Both return what went wrong, or nothing.
  std::string run(int steps);
  std::string step();

  const QueueSettings& settings() const { return settings_; }
  const Queue& queue() const { return queue_; }
  const QueueModel& model() const { return model_; }
  QueueDisk& disk() { return disk_; }
  const Now& now() const { return now_; }
  Rng& rng() { return rng_; }
  // Whether the last step ended a batch: then the disk knows all.
  bool rested() const { return rested_; }

 private:
  std::string command();
  std::string rest();
  std::string disk_step();
  std::string load_one();
  // Everything is written and read: then the model need not be patient.
  std::string catch_up();

  QueueCommand random_command();
  Enqueue enqueue();
  Attach attach();
  Detach detach();
  Settle settle();
  ConsumerSlot any_slot();

  Rng rng_;
  LifeKind kind_;
  QueueSettings settings_;
  std::vector<SessionMail> mail_;
  std::vector<DeadLetter> dead_letters_;
  std::vector<Farewell> farewells_;
  RecordWriter journal_;
  std::vector<SessionMail> mail_when_durable_;
  std::vector<ChunkKey> erased_chunks_;
  QueueEffects effects_{mail_, dead_letters_, farewells_, journal_, mail_when_durable_, erased_chunks_};
  Now now_{0, 1000, 0};
  Queue queue_;
  QueueModel model_;
  QueueDisk disk_;
  std::array<std::uint64_t, 3> sequences_{};
  std::uint32_t consumers_ = 0;
  std::uint64_t messages_ = 0;
  bool rested_ = false;
};

}  // namespace warren::broker::testing
