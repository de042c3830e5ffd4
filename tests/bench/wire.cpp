// bench-wire: what one item of mail to another node costs to write and to read, in nanoseconds of processor time.
#include <fmt/core.h>

#include <utility>

#include "amqp/properties.hpp"
#include "base/check.hpp"
#include "node/wire/mail.hpp"
#include "tests/bench/timing.hpp"

namespace warren::bench {
namespace {

constexpr int kRounds = 101;
constexpr std::size_t kItems = 256;
constexpr QueueRef kQueue{QueueId(1000), Epoch(3)};
constexpr SessionRef kSession{SessionId(1ull << 48 | 1000), NodeId(2), 1};
constexpr broker::ChannelRef kChannel{1, 1};

broker::MessageRef small_message() {
  return broker::make_message("", "queue", amqp::kNoProperties, "sixteen bytes...", {});
}

template <class Fill>
void measure(const char* name, Fill fill) {
  node::MailBatch batch;
  for (std::size_t i = 0; i < kItems; ++i) fill(batch, i);
  Rounds writing;
  Rounds reading;
  ByteBuffer bytes;
  for (int round = 0; round < kRounds; ++round) {
    bytes.clear();
    const double begin = thread_ns();
    encode(batch, bytes);
    const double written = thread_ns();
    node::MailBatch back;
    WARREN_CHECK(node::decode(bytes.view(), back), "what is written is read");
    back = {};
    reading.add(thread_ns() - written, kItems);
    writing.add(written - begin, kItems);
  }
  fmt::print("{:<10} {:4} bytes, {:6.1f} ns to write, {:6.1f} ns to read and drop\n", name, bytes.size() / kItems,
             writing.median(), reading.median());
}

void measure_all() {
  measure("enqueue", [](node::MailBatch& batch, std::size_t i) {
    batch.queue_mail.push_back({kQueue, broker::Enqueue{small_message(), kSession, kChannel, 100'000 + i}});
  });
  measure("delivery", [held = std::vector<broker::MessageRef>()](node::MailBatch& batch, std::size_t i) mutable {
    held.push_back(small_message());
    batch.session_mail.push_back(
        {kSession, broker::Delivery{held.back(), kQueue, 100'000 + i, kChannel, broker::ConsumerId(1), false}});
  });
  measure("confirmed", [](node::MailBatch& batch, std::size_t i) {
    batch.session_mail.push_back({kSession, broker::Confirmed{kChannel, 100'000 + i, 100'000 + i}});
  });
  measure("settle", [](node::MailBatch& batch, std::size_t i) {
    batch.queue_mail.push_back(
        {kQueue, broker::Settle{kSession, kChannel, 100'000 + i, 100'000 + i, broker::Outcome::accepted}});
  });
}

}  // namespace
}  // namespace warren::bench

int main() { warren::bench::measure_all(); }
