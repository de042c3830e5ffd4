#include "broker/catalog/hash.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace warren::broker {

TEST_CASE("a hash of text is the same on every machine, today and tomorrow") {
  // Golden: these decide where messages of hashing exchanges go.
  CHECK(hash_text("") == 0x850f9794d5108b4ull);
  CHECK(hash_text("warren") == 0x74b94b9e0323a9aeull);
  CHECK(hash_text("a routing key of some length") == 0x1a4e997971eb9674ull);
}

TEST_CASE("length, content and seed all count") {
  CHECK(hash_text("a") != hash_text("b"));
  CHECK(hash_text("a") != hash_text(std::string("a\0", 2)));
  CHECK(hash_text("") != hash_text(std::string(1, '\0')));
  CHECK(hash_text("a", 1) != hash_text("a", 2));
}

TEST_CASE("neighbouring keys spread over the upper half of the hash") {
  std::set<std::uint64_t> texts;
  std::set<std::uint64_t> numbers;
  constexpr std::uint64_t kMany = 10000;
  for (std::uint64_t i = 0; i < kMany; ++i) {
    texts.insert(hash_text("key" + std::to_string(i)) >> 32);
    numbers.insert(hash_number(i) >> 32);
  }
  CHECK(texts.size() > kMany - 5);
  CHECK(numbers.size() > kMany - 5);
}

}  // namespace warren::broker
