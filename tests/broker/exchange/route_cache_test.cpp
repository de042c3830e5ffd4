#include "broker/exchange/route_cache.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/limits.hpp"

namespace warren::broker {
namespace {

constexpr ExchangeId kExchange{1};

std::vector<QueueRef> some_queues(std::uint64_t first, std::size_t count) {
  std::vector<QueueRef> queues;
  for (std::size_t i = 0; i < count; ++i) queues.push_back({QueueId(first + i), Epoch(1)});
  return queues;
}

}  // namespace

TEST_CASE("a route is found under its exchange and key, and under no other") {
  RouteCache cache;
  cache.put(kExchange, "k", some_queues(1, 2));
  cache.put(kExchange, "", some_queues(7, 1));
  REQUIRE(cache.find(kExchange, "k"));
  CHECK(cache.find(kExchange, "k")->size() == 2);
  CHECK(cache.find(kExchange, "")->front().id == QueueId(7));
  CHECK_FALSE(cache.find(kExchange, "kk"));
  CHECK_FALSE(cache.find(ExchangeId(2), "k"));
  CHECK_FALSE(cache.find_any_key(kExchange));
}

TEST_CASE("a route for every key is another than that of the empty key") {
  RouteCache cache;
  cache.put_any_key(kExchange, some_queues(1, 3));
  CHECK(cache.find_any_key(kExchange)->size() == 3);
  CHECK_FALSE(cache.find(kExchange, ""));
}

TEST_CASE("that nobody gets the message is remembered too") {
  RouteCache cache;
  cache.put(kExchange, "k", {});
  REQUIRE(cache.find(kExchange, "k"));
  CHECK(cache.find(kExchange, "k")->empty());
}

TEST_CASE("another revision, and the same one of another catalog, forgets everything; the same state nothing") {
  RouteCache cache;
  cache.keep_only({1, Revision(5)});
  cache.put(kExchange, "k", some_queues(1, 1));
  cache.keep_only({1, Revision(5)});
  CHECK(cache.find(kExchange, "k"));
  cache.keep_only({1, Revision(6)});
  CHECK_FALSE(cache.find(kExchange, "k"));
  cache.put(kExchange, "k", some_queues(2, 1));
  CHECK(cache.find(kExchange, "k")->front().id == QueueId(2));
  cache.keep_only({2, Revision(6)});
  CHECK_FALSE(cache.find(kExchange, "k"));
}

TEST_CASE("many routes are kept apart while the cache grows, and their number is bounded") {
  RouteCache cache;
  for (std::size_t i = 0; i < limits::kRouteCacheEntriesMax; ++i)
    cache.put(kExchange, "key" + std::to_string(i), some_queues(i + 1, 1));
  CHECK(cache.size() == limits::kRouteCacheEntriesMax);
  for (std::size_t i = 0; i < limits::kRouteCacheEntriesMax; ++i)
    REQUIRE(cache.find(kExchange, "key" + std::to_string(i))->front().id == QueueId(i + 1));
  cache.put(kExchange, "one more", some_queues(1, 1));
  CHECK(cache.size() == 1);
  CHECK(cache.find(kExchange, "one more"));
}

TEST_CASE("the queues in all routes together are bounded, a route beyond that is not kept") {
  constexpr std::size_t kLarge = 200'000;
  RouteCache cache;
  cache.put(kExchange, "a", some_queues(1, kLarge));
  cache.put(kExchange, "b", some_queues(1, kLarge));
  CHECK_FALSE(cache.find(kExchange, "a"));
  CHECK(cache.find(kExchange, "b")->size() == kLarge);
  cache.put(kExchange, "c", some_queues(1, 2 * kLarge));
  CHECK_FALSE(cache.find(kExchange, "c"));
  CHECK(cache.find(kExchange, "b"));
}

}  // namespace warren::broker
