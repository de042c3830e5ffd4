#include "broker/catalog/mirrors/selection.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <string_view>

namespace warren::broker {
namespace {

using Mode = Wish::Mode;

// "abc" stands for the nodes 1, 2, 3.
std::vector<NodeId> nodes(std::string_view letters) {
  std::vector<NodeId> ids;
  for (const char letter : letters) ids.emplace_back(static_cast<std::uint32_t>(letter - 'a' + 1));
  return ids;
}

std::string letters(const Holders& holders) {
  const auto letter = [](NodeId node) { return static_cast<char>('a' + node.value - 1); };
  std::string text{letter(holders.owner)};
  text += ':';
  for (const NodeId node : holders.mirrors) text += letter(node);
  return text;
}

std::string select(const Wish& wish, std::string_view mirrors, std::string_view synchronised,
                   std::string_view running = "abcd") {
  return letters(select_holders(wish, {NodeId(1), nodes(mirrors), nodes(synchronised)}, nodes(running)));
}

Wish named(std::string_view letters) { return {Mode::nodes, 1, nodes(letters)}; }
Wish exactly(std::size_t copies) { return {Mode::exactly, copies, {}}; }

}  // namespace

TEST_CASE("8/53 the worked cases of the reference") {
  CHECK(select(named("abc"), "b", "b") == "a:bc");
  CHECK(select(named("abf"), "b", "b") == "a:b");
  CHECK(select(named("fgh"), "b", "b") == "a:");
  CHECK(select(named("bc"), "b", "") == "a:bc");
  CHECK(select(named("bc"), "b", "b") == "b:c");
  CHECK(select(named("cb"), "b", "b") == "b:c");
  CHECK(select(exactly(2), "cd", "cd") == "a:c");
  CHECK(select(exactly(3), "c", "c", "abcd") == "a:cb");
  CHECK(select(exactly(3), "c", "c", "acdb") == "a:cd");
}

TEST_CASE("all means every node that runs, none means nobody") {
  CHECK(select({Mode::all, 1, {}}, "b", "b") == "a:bcd");
  CHECK(select({Mode::all, 1, {}}, "b", "b", "ac") == "a:c");
  CHECK(select({}, "bc", "bc") == "a:");
}

TEST_CASE("who is there already is older than who comes, and stays synchronised") {
  CHECK(select({Mode::all, 1, {}}, "d", "") == "a:dbc");
  CHECK(select(named("abcd"), "cd", "") == "a:cdb");
  const Holders next = select_holders(named("bcd"), {NodeId(1), nodes("dbc"), nodes("cb")}, nodes("abcd"));
  CHECK(next == Holders{NodeId(2), nodes("dc"), nodes("c")});
}

TEST_CASE("of too many mirrors those go that have less, and then the youngest") {
  CHECK(select(exactly(2), "bc", "c") == "a:c");
  CHECK(select(exactly(3), "bcd", "d") == "a:bd");
}

TEST_CASE("every queue takes nodes in an order of its own, whatever the order they are told in") {
  std::set<std::vector<NodeId>> orders;
  for (std::uint64_t queue = 1; queue <= 60; ++queue) {
    orders.insert(by_preference(QueueId(queue), nodes("abc")));
    CHECK(by_preference(QueueId(queue), nodes("cab")) == by_preference(QueueId(queue), nodes("abc")));
  }
  CHECK(orders.size() == 6);
}

TEST_CASE("a count that nobody can fill takes all, and one copy is the owner's") {
  CHECK(select(exactly(9), "", "", "ab") == "a:b");
  CHECK(select(exactly(1), "bc", "bc") == "a:");
  CHECK(select(exactly(0), "bc", "bc") == "a:");
}

TEST_CASE("an owner that is not named gives way to a synchronised mirror, named or not") {
  CHECK(select(named("cd"), "b", "b") == "b:cd");
  CHECK(select(named("cd"), "bd", "bd") == "d:c");
  CHECK(select(named("ccb"), "b", "b") == "b:c");
}

}  // namespace warren::broker
