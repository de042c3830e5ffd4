// bench-stages: what one transient message of 16 bytes costs on its road through a shard, stage by stage, and that the
// road takes nothing from the heap. Exits with 1 when it does.
#include <fmt/core.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "base/pool.hpp"
#include "broker/queue/queue.hpp"
#include "tests/bench/allocations.hpp"
#include "tests/bench/in_process.hpp"
#include "tests/bench/timing.hpp"

namespace warren::bench {
namespace {

// As many publishes as a client sends in one write, and a shard reads in one input.
constexpr std::uint64_t kMessages = 700;
constexpr int kWarmup = 500;
constexpr int kRounds = 101;
constexpr int kStepsPerRound = 20;
constexpr int kCountedSteps = 2000;
constexpr std::string_view kBody = "sixteen octets.!";
constexpr std::string_view kQueue = "bench-stages.0";
constexpr std::string_view kNowhere = "nowhere";
constexpr Now kNow{1, 0};

ByteBuffer publishes(std::string_view exchange, std::string_view key, std::uint64_t messages = kMessages) {
  ByteBuffer bytes;
  for (std::uint64_t i = 0; i < messages; ++i) append_publish(bytes, exchange, key, kBody);
  return bytes;
}

// Times `step`, which handles kMessages and calls what it is given around the part that counts.
template <class Step>
Rounds measure(Step step) {
  for (int i = 0; i < kWarmup; ++i) step([](auto part) { part(); });
  Rounds rounds;
  for (int round = 0; round < kRounds; ++round) {
    double ns = 0;
    for (int i = 0; i < kStepsPerRound; ++i)
      step([&](auto part) {
        const double begin = thread_ns();
        part();
        ns += thread_ns() - begin;
      });
    rounds.add(ns, kMessages * kStepsPerRound);
  }
  return rounds;
}

// ---- the whole road, and the same road to nowhere ----

class Road {
 public:
  Road() : publisher_(world_.connect()), consumer_(world_.connect()) {
    world_.send(publisher_, amqp::QueueDeclare{.queue = kQueue});
    world_.send(publisher_, amqp::ExchangeDeclare{.exchange = kNowhere, .type = "fanout"});
    world_.send(consumer_, amqp::BasicConsume{.queue = kQueue, .no_ack = true});
  }

  void publish(const ByteBuffer& bytes) { world_.receive(publisher_, bytes.view()); }
  std::uint64_t written_bytes() const { return world_.written_bytes(); }

 private:
  InProcess world_;
  SessionId publisher_;
  SessionId consumer_;
};

Rounds measure_road(std::string_view exchange, std::string_view key) {
  Road road;
  const ByteBuffer bytes = publishes(exchange, key);
  return measure([&](auto timed) { timed([&] { road.publish(bytes); }); });
}

// Frames cut and put in order, and nothing else done with them.
Rounds measure_frames() {
  const ByteBuffer bytes = publishes("", kQueue);
  amqp::FrameReader reader;
  amqp::ContentAssembler content;
  std::uint64_t octets = 0;
  Rounds rounds = measure([&](auto timed) {
    timed([&] {
      reader.feed(bytes.view());
      amqp::Frame frame;
      amqp::ContentHeader header;
      while (reader.next(frame) == amqp::FrameReader::Next::frame) {
        if (frame.is(amqp::FrameType::method))
          content.begin(amqp::method_id(frame.payload));
        else if (frame.is(amqp::FrameType::header))
          content.header(frame.payload, header);
        else
          content.body(frame.payload, frame.last);
        octets += frame.payload.size();
      }
    });
  });
  WARREN_CHECK(octets != 0, "frames were read");
  return rounds;
}

// ---- single stages ----

Rounds measure_route() {
  broker::Catalog catalog;
  for (const broker::Command& command : broker::default_definitions("")) define(catalog, command);
  const VhostId vhost = catalog.find_vhost("/")->id;
  broker::QueueDefinition queue;
  queue.vhost = vhost;
  queue.name = kQueue;
  define(catalog, broker::DeclareQueue{queue});
  const broker::Exchange& exchange = *catalog.find_exchange(vhost, "");
  broker::Router router(catalog);
  Rng rng(1);
  std::size_t found = 0;
  Rounds rounds = measure([&](auto timed) {
    timed([&] {
      for (std::uint64_t i = 0; i < kMessages; ++i) found += router.route(exchange, kQueue, {}, rng).size();
    });
  });
  WARREN_CHECK(found != 0, "the queue is found");
  return rounds;
}

broker::MessageRef one_message() {
  broker::MessageDraft draft("", kQueue, amqp::kNoProperties, kBody.size(), {});
  draft.append(kBody);
  return draft.finish();
}

constexpr SessionRef kSession{SessionId(1), NodeId(1), 0};
constexpr broker::ConsumerId kConsumer{1};

// Into the queue and out to its consumer. The window comes back as it does on the road: now and then.
Rounds measure_queue() {
  const QueueRef ref{QueueId(1), Epoch(1)};
  broker::Queue queue(ref, {}, kNow);
  std::vector<broker::SessionMail> mail;
  std::vector<broker::DeadLetter> dead_letters;
  std::vector<broker::Farewell> farewells;
  broker::RecordWriter journal;
  std::vector<broker::SessionMail> mail_when_durable;
  std::vector<broker::ChunkKey> erased_chunks;
  broker::QueueEffects effects{mail, dead_letters, farewells, journal, mail_when_durable, erased_chunks};
  broker::Attach consumer;
  consumer.session = kSession;
  consumer.channel = {1, kChannel};
  consumer.consumer = kConsumer;
  consumer.no_ack = true;
  broker::QueueCommand attach = std::move(consumer);
  queue.step(attach, kNow, effects);
  const broker::ConsumerSlot slot = std::get<broker::Attached>(mail.front().event).slot;
  const broker::MessageRef message = one_message();
  const std::int64_t window = broker::delivery_window_bytes(*message) * static_cast<std::int64_t>(kMessages);
  std::vector<broker::QueueCommand> commands;
  return measure([&](auto timed) {
    commands.clear();
    mail.clear();
    for (std::uint64_t i = 0; i < kMessages; ++i)
      commands.push_back(broker::Enqueue{message, kSession, {1, kChannel}, 0});
    timed([&] {
      for (broker::QueueCommand& command : commands) queue.step(command, kNow, effects);
      queue.end_batch(kNow, effects);
      broker::QueueCommand replenish = broker::Replenish{slot, window};
      queue.step(replenish, kNow, effects);
    });
    WARREN_CHECK(mail.size() == kMessages, "every message is delivered");
  });
}

// From a delivery to the bytes of its three frames.
Rounds measure_encode() {
  const broker::MessageRef message = one_message();
  ByteBuffer out;
  std::uint64_t tag = 0;
  constexpr std::string_view kTag = "amq.ctag-0123456789abcdefghijkl";
  return measure([&](auto timed) {
    out.clear();
    timed([&] {
      for (std::uint64_t i = 0; i < kMessages; ++i) {
        amqp::append_deliver(out, kChannel, kTag, ++tag, false, message->encoded_names(), message->properties(),
                             message->body_bytes());
        amqp::append_body_frame(out, kChannel, message->body());
      }
    });
  });
}

void print_row(std::string_view stage, double median, std::optional<double> fastest = {}) {
  fmt::print("| {:<58} | {:>6.1f} | {:>7} |\n", stage, median, fastest ? fmt::format("{:.1f}", *fastest) : "");
}

void print_row(std::string_view stage, Rounds& rounds) { print_row(stage, rounds.median(), rounds.fastest()); }

void print_stages() {
  Rounds frames = measure_frames();
  Rounds incoming = measure_road(kNowhere, kQueue);
  Rounds route = measure_route();
  Rounds queue = measure_queue();
  Rounds encode = measure_encode();
  Rounds whole = measure_road("", kQueue);
  fmt::print("| stage, ns per message                                      | median | fastest |\n");
  fmt::print("| ---------------------------------------------------------- | -----: | ------: |\n");
  print_row("frames cut and put in order (alone)", frames);
  print_row("parse and assemble: frames, message made, route remembered", incoming);
  print_row("route, asked of the router (the road remembers it instead)", route);
  print_row("enqueue and deliver in the queue", queue);
  print_row("encode", encode);
  print_row("the rest: mail between session and queue, steps",
            whole.median() - incoming.median() - queue.median() - encode.median());
  print_row("the whole road through the shard", whole);
}

// A counter that counts nothing would find nothing: every door is tried.
void check_counter() {
  const std::uint64_t before = allocations();
  ByteBuffer buffer;
  buffer.extend(1);
  void* message = pool::allocate(limits::kReadBytesMax);
  pool::release(message, limits::kReadBytesMax);
  const std::vector<int> numbers(1);
  WARREN_CHECK(allocations() - before == 3, "realloc, malloc and operator new are counted");
}

// Allocations of the road once everything has its size, with so many messages in each step.
std::uint64_t count_allocations(std::uint64_t messages) {
  Road road;
  const ByteBuffer bytes = publishes("", kQueue, messages);
  for (int i = 0; i < kWarmup; ++i) road.publish(bytes);
  const std::uint64_t written_before = road.written_bytes();
  const std::uint64_t before = allocations();
  remember_places(true);
  for (int i = 0; i < kCountedSteps; ++i) road.publish(bytes);
  remember_places(false);
  const std::uint64_t found = allocations() - before;
  const std::uint64_t counted = messages * kCountedSteps;
  WARREN_CHECK(road.written_bytes() - written_before >= counted * kBody.size(), "messages are delivered");
  fmt::print("{} heap allocations for {} messages in steps of {} ({:.4f} per message)\n", found, counted, messages,
             static_cast<double>(found) / static_cast<double>(counted));
  return found;
}

// Messages in the largest input that a shard is given.
std::uint64_t messages_per_read() { return limits::kReadBytesMax / (publishes("", kQueue).size() / kMessages); }

}  // namespace
}  // namespace warren::bench

// With an argument, the road alone, so many thousand times over: for a profiler.
int main(int argc, char** argv) {
  using namespace warren::bench;
  if (argc > 1) {
    Road road;
    const warren::ByteBuffer bytes = publishes("", kQueue);
    for (int i = 0; i < std::atoi(argv[1]) * 1000; ++i) road.publish(bytes);
    return 0;
  }
  print_stages();
  check_counter();
  fmt::print("\nin steady state:\n");
  const std::uint64_t found = count_allocations(kMessages) + count_allocations(messages_per_read());
  if (found == 0) return 0;
  print_places();
  return 1;
}
