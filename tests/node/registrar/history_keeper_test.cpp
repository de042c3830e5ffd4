#include "node/registrar/history_keeper.hpp"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/limits.hpp"
#include "tests/broker/catalog/world.hpp"

namespace warren::node {
namespace {

using broker::MessageRef;
using broker::Names;

MessageRef message(std::string_view key, std::size_t body_bytes = 0, const amqp::Table& headers = {}) {
  amqp::Properties properties;
  properties.has_headers = !headers.empty();
  properties.headers = headers;
  ByteBuffer encoded;
  amqp::encode_properties(properties, encoded);
  return broker::MessageDraft("x", key, encoded.view(), body_bytes, {}).finish();
}

// A catalog with a keeper that follows it.
class Keeping {
 public:
  broker::World world;

  void apply(const broker::Command& command) { keeper_.follow({world.apply(command)}); }
  void declare(std::string name, std::int64_t length) {
    const auto type = length == 0 ? "fanout" : "x-recent-history";
    world.exchange(std::move(name), type, broker::table({{"x-recent-history-length", length}}));
  }
  void remember(std::string_view exchange, MessageRef kept) {
    keeper_.remember({world.exchange_record(exchange).definition.id, std::move(kept)});
  }
  void remember_stale(ExchangeId exchange, MessageRef kept) { keeper_.remember({exchange, std::move(kept)}); }

  // Queue and key of all that was sent since the last call.
  Names sent() {
    Names lines;
    for (const broker::QueueMail& mail : std::exchange(queue_mail_, {})) {
      const auto& enqueue = std::get<broker::Enqueue>(mail.command);
      CHECK(enqueue.sequence == 0);
      lines.push_back(world.catalog().queue(mail.to.id)->name + " " + std::string(enqueue.message->routing_key()));
    }
    return lines;
  }
  std::vector<broker::Remember> memories() { return std::exchange(memories_, {}); }

 private:
  broker::Router router_{world.catalog()};
  std::vector<broker::QueueMail> queue_mail_;
  std::vector<broker::Remember> memories_;
  InsidePublisher publisher_{router_, world.rng(), queue_mail_, memories_};
  HistoryKeeper keeper_{world.catalog(), publisher_, queue_mail_};
};

}  // namespace

TEST_CASE("8.2/136 a new queue gets the last messages, oldest first, each new binding again") {
  Keeping keeping;
  keeping.declare("h", 2);
  keeping.world.queue("q");
  for (const char* key : {"1", "2", "3"}) keeping.remember("h", message(key));
  keeping.apply(keeping.world.to_queue("h", "q"));
  CHECK(keeping.sent() == Names{"q 2", "q 3"});
  keeping.apply(keeping.world.to_queue("h", "q"));  // exists: nothing new
  CHECK(keeping.sent().empty());
  keeping.remember("h", message("4"));
  keeping.apply(keeping.world.to_queue("h", "q", "another"));
  CHECK(keeping.sent() == Names{"q 3", "q 4"});
}

TEST_CASE("a binding from elsewhere gets nothing") {
  Keeping keeping;
  keeping.declare("h", 2);
  keeping.declare("empty", 2);
  keeping.declare("f", 0);
  keeping.world.queue("q");
  keeping.remember("h", message("1"));
  keeping.apply(keeping.world.to_queue("f", "q"));
  keeping.apply(keeping.world.to_queue("empty", "q"));
  keeping.apply(keeping.world.to_exchange("f", "h"));
  CHECK(keeping.sent().empty());
}

TEST_CASE("a new exchange routes what it gets onward, by the keys that the message had") {
  Keeping keeping;
  keeping.declare("h", 5);
  keeping.world.exchange("d", "direct");
  for (const char* name : {"a", "b"}) keeping.world.queue(name);
  keeping.world.bind("d", "a", "to-a");
  keeping.world.bind("d", "b", "to-b");
  keeping.remember("h", message("to-a"));
  keeping.remember("h", message("nowhere"));
  keeping.remember("h", message("nor-here", 0, broker::table({{"CC", amqp::Array{amqp::Value("to-b")}}})));
  keeping.apply(keeping.world.to_exchange("h", "d"));
  CHECK(keeping.sent() == Names{"a to-a", "b nor-here"});
}

TEST_CASE("an exchange that remembers, bound to one that remembers, is given its memories") {
  Keeping keeping;
  keeping.declare("h", 5);
  keeping.declare("next", 5);
  keeping.remember("h", message("1"));
  keeping.apply(keeping.world.to_exchange("h", "next"));
  const auto memories = keeping.memories();
  REQUIRE(memories.size() == 1);
  CHECK(memories.front().exchange == keeping.world.exchange_record("next").definition.id);
  CHECK(memories.front().message->routing_key() == "1");
}

TEST_CASE("the memory goes with its exchange, and mail that comes too late is dropped") {
  Keeping keeping;
  keeping.declare("h", 5);
  keeping.world.queue("q");
  keeping.remember("h", message("1"));
  const ExchangeId gone = keeping.world.exchange_record("h").definition.id;
  keeping.apply(broker::DeleteExchange{keeping.world.vhost(), "h"});
  keeping.remember_stale(gone, message("2"));
  keeping.declare("h", 5);
  keeping.apply(keeping.world.to_queue("h", "q"));
  CHECK(keeping.sent().empty());
}

TEST_CASE("a memory is bounded in bytes: the oldest go, and what is larger by itself is not kept") {
  Keeping keeping;
  keeping.declare("h", 100);
  keeping.world.queue("q");
  constexpr std::size_t kThird = limits::kHistoryBytesMax / 3;
  for (const char* key : {"1", "2", "3", "4"}) keeping.remember("h", message(key, kThird));
  keeping.apply(keeping.world.to_queue("h", "q"));
  CHECK(keeping.sent() == Names{"q 3", "q 4"});
  keeping.remember("h", message("5", limits::kHistoryBytesMax));
  keeping.apply(keeping.world.to_queue("h", "q", "another"));
  CHECK(keeping.sent().empty());
  keeping.remember("h", message("6", kThird));
  keeping.apply(keeping.world.to_queue("h", "q", "third"));
  CHECK(keeping.sent() == Names{"q 6"});
}

}  // namespace warren::node
