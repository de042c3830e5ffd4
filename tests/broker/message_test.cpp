#include "broker/message.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "base/limits.hpp"
#include "base/pool.hpp"

namespace warren::message_test {

using namespace warren::broker;

namespace {

MessageRef make(std::string_view body) {
  MessageDraft draft("exchange", "key", std::string_view("\0\0", 2), body.size(), {.priority = 3});
  draft.append(body);
  return draft.finish();
}

}  // namespace

TEST_CASE("a message gives back its parts, names also as short strings in one piece") {
  const MessageRef message = make("body");
  CHECK(message->exchange() == "exchange");
  CHECK(message->routing_key() == "key");
  CHECK(message->encoded_names() == std::string_view("\x08"
                                                     "exchange\x03key"));
  CHECK(message->properties() == std::string_view("\0\0", 2));
  CHECK(message->body() == "body");
  CHECK(message->body_bytes() == 4);
  CHECK(message->traits().priority == 3);
  CHECK(message->footprint_bytes() >= sizeof(Message) + 8 + 3 + 2 + 2 + 4);
}

TEST_CASE("all parts may be empty, and names may have 255 bytes") {
  MessageDraft empty("", "", "", 0, {});
  const MessageRef message = empty.finish();
  CHECK(message->exchange().empty());
  CHECK(message->body().empty());
  const std::string name(255, 'n');
  MessageDraft full(name, name, "", 1 << 20, {});
  full.append(std::string(1 << 20, 'b'));
  CHECK(full.finish()->routing_key() == name);
}

TEST_CASE("a draft takes memory for what has come, not for what was announced") {
  const std::int64_t before = pool::live_bytes();
  MessageDraft draft("exchange", "key", "", limits::kBodyBytesCeiling, {});
  CHECK(pool::live_bytes() - before < 8192);
  draft.append("some");
  CHECK(pool::live_bytes() - before < 8192);
}

TEST_CASE("a body that comes in parts of any size is put together in order") {
  for (const std::size_t part : {1u, 999u, 4096u, 70'000u, 200'000u}) {
    std::string body(300'001, ' ');
    for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 31 >> 4);
    MessageDraft draft("exchange", "key", std::string_view("\0\0", 2), body.size(), {});
    for (std::size_t at = 0; at < body.size(); at += part) draft.append(std::string_view(body).substr(at, part));
    const MessageRef message = draft.finish();
    CHECK(message->body() == body);
    CHECK(message->routing_key() == "key");
  }
}

TEST_CASE("a finished draft is empty") {
  MessageDraft draft("", "", "", 0, {});
  CHECK(draft);
  const MessageRef message = draft.finish();
  CHECK(message);
  CHECK_FALSE(draft);
}

TEST_CASE("references share one message, which outlives all but the last") {
  MessageRef first = make("body");
  MessageRef second = first;
  CHECK(second.get() == first.get());
  first = MessageRef();
  CHECK_FALSE(first);
  CHECK(second->body() == "body");
  const MessageRef third = std::move(second);
  CHECK_FALSE(second);
  CHECK(third->body() == "body");
}

TEST_CASE("references may be taken and dropped on several threads") {
  const MessageRef message = make("body");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([message] {
      for (int turn = 0; turn < 10'000; ++turn) {
        const MessageRef copy = message;
        if (copy->body_bytes() != 4) return;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(message->body() == "body");
}

}  // namespace warren::message_test
