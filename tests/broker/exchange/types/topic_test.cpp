#include "broker/exchange/types/topic.hpp"

#include <string>
#include <vector>

#include "base/rng.hpp"
#include "tests/broker/catalog/world.hpp"

namespace warren::broker {
namespace {

struct TopicRow {
  std::string pattern;
  std::vector<std::string> matching;
  std::vector<std::string> others;
};

// amqp.md 4.5, every row.
const std::vector<TopicRow> kTopicTable{
    {"#", {"", "a", "a.b"}, {}},
    {"*", {"a"}, {"", "a.b"}},
    {"a.*", {"a.", "a.b"}, {"a", "a.."}},
    {"a.#", {"a", "a.", "a.b.c"}, {"ab"}},
    {"*.#.*", {"a.b", "a.b.c"}, {"a"}},
    {"#.#", {"", "a", "a.b"}, {}},
    {"a.#.b", {"a.b", "a.x.b", "a.b.b", "a.x.y.b"}, {"ab"}},
    {"", {""}, {".", "a"}},
    {"..", {".."}, {".", "..."}},
    {"a*", {"a*"}, {"ab"}},
    {"#.a", {"a", "b.a", ".a"}, {}},
    {"*.", {"a.", "."}, {"a.b"}},
};

std::vector<std::string> split(const std::string& key) {
  std::vector<std::string> words;
  if (key.empty()) return words;
  std::size_t from = 0;
  for (std::size_t dot; (dot = key.find('.', from)) != std::string::npos; from = dot + 1)
    words.push_back(key.substr(from, dot - from));
  words.push_back(key.substr(from));
  return words;
}

// The rules of amqp.md 4.5 as plainly as they can be said.
bool plain_match(const std::vector<std::string>& pattern, std::size_t p, const std::vector<std::string>& key,
                 std::size_t k) {
  if (p == pattern.size()) return k == key.size();
  if (pattern[p] == "#") {
    for (std::size_t skipped = k; skipped <= key.size(); ++skipped)
      if (plain_match(pattern, p + 1, key, skipped)) return true;
    return false;
  }
  if (k == key.size()) return false;
  return (pattern[p] == "*" || pattern[p] == key[k]) && plain_match(pattern, p + 1, key, k + 1);
}

std::string random_text(Rng& rng, const std::vector<std::string>& words, std::uint64_t length_max) {
  std::string text;
  const std::uint64_t length = rng.below(length_max + 1);
  for (std::uint64_t i = 0; i < length; ++i) text += (i == 0 ? "" : ".") + words[rng.below(words.size())];
  return text;
}

}  // namespace

TEST_CASE("8.2/128 each row of the topic table matches as written, alone and beside all others") {
  World all;
  all.exchange("t", "topic");
  for (const TopicRow& row : kTopicTable) {
    all.queue("q" + row.pattern);
    all.bind("t", "q" + row.pattern, row.pattern);
  }
  for (const TopicRow& row : kTopicTable) {
    CAPTURE(row.pattern);
    World alone;
    alone.exchange("t", "topic");
    alone.queue("q");
    alone.bind("t", "q", row.pattern);
    const auto among_all = [&](const std::string& key) {
      const Names names = all.route("t", key);
      return std::ranges::find(names, "q" + row.pattern) != names.end();
    };
    for (const std::string& key : row.matching) {
      CAPTURE(key);
      CHECK(alone.route("t", key) == Names{"q"});
      CHECK(among_all(key));
    }
    for (const std::string& key : row.others) {
      CAPTURE(key);
      CHECK(alone.route("t", key).empty());
      CHECK_FALSE(among_all(key));
    }
  }
}

TEST_CASE("8.2/115 two matching patterns of one queue give one copy") {
  World world;
  world.exchange("t", "topic");
  world.queue("q");
  world.bind("t", "q", "a.*");
  world.bind("t", "q", "#");
  CHECK(world.route("t", "a.b") == Names{"q"});
}

TEST_CASE("wildcards in a routing key are literal") {
  World world;
  world.exchange("t", "topic");
  world.queue("q");
  world.bind("t", "q", "a.b");
  CHECK(world.route("t", "a.*").empty());
  CHECK(world.route("t", "#").empty());
}

TEST_CASE("binding arguments do not take part in the match of a topic") {
  World world;
  world.exchange("t", "topic");
  world.queue("q");
  world.bind("t", "q", "a", table({{"x", 1}}));
  CHECK(world.route("t", "a") == Names{"q"});
}

TEST_CASE("a trie that bindings come to and go from matches like the plain rules") {
  Rng rng(11);
  World world;
  world.exchange("t", "topic");
  constexpr int kPatterns = 60;
  for (int i = 0; i < kPatterns; ++i) world.queue("q" + std::to_string(i));
  std::vector<std::string> bound(kPatterns);
  std::vector<bool> is_bound(kPatterns);
  for (int step = 0; step < 3000; ++step) {
    const auto i = rng.below(kPatterns);
    const std::string queue = "q" + std::to_string(i);
    if (is_bound[i]) {
      world.apply(Unbind{world.to_queue("t", queue, bound[i])});
    } else {
      bound[i] = random_text(rng, {"a", "b", "*", "#", "", "#"}, 6);
      world.bind("t", queue, bound[i]);
    }
    is_bound[i] = !is_bound[i];
    const std::string key = random_text(rng, {"a", "b", "", "c"}, 7);
    CAPTURE(key);
    Names expected;
    for (int q = 0; q < kPatterns; ++q)
      if (is_bound[q] && plain_match(split(bound[q]), 0, split(key), 0)) expected.push_back("q" + std::to_string(q));
    REQUIRE(world.route("t", key) == expected);
  }
}

TEST_CASE("many '#' in one pattern do not make a long key slow") {
  World world;
  world.exchange("t", "topic");
  world.queue("q");
  std::string pattern = "#";
  for (int i = 0; i < 20; ++i) pattern += ".a.#";
  world.bind("t", "q", pattern + ".b");
  std::string key = "a";
  for (int i = 0; i < 120; ++i) key += ".a";
  // Trying each split would not end before the test's patience does.
  CHECK(world.route("t", key).empty());
  CHECK(world.route("t", key + ".b") == Names{"q"});
}

}  // namespace warren::broker
