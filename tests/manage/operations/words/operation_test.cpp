#include "manage/operations/words/operation.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "manage/operations/words/columns.hpp"
#include "manage/operations/words/kinds/operations_of.hpp"

namespace warren::manage {
namespace {

std::string mistake(std::string_view operation, const Map& arguments) {
  auto found = mistake_in(*find_operation(operation), arguments);
  return found ? found->sentence : std::string();
}

bool contains(const std::vector<Operation>& all, std::string_view name) {
  return std::ranges::find(all, name, &Operation::name) != all.end();
}

}  // namespace

TEST_CASE("names of operations occur once, and each says what it means") {
  std::set<std::string_view> names;
  for (const Operation& operation : operations()) {
    CAPTURE(operation.name);
    CHECK(names.insert(operation.name).second);
    CHECK_FALSE(operation.meaning.empty());
    CHECK(find_operation(operation.name) == &operation);
    CHECK((operation.shape == Shape::rows) == (operation.columns != nullptr));
  }
  CHECK(find_operation("bogus") == nullptr);
}

TEST_CASE("the parts of the list hold what belongs to them") {
  CHECK(contains(cluster_operations(), "join_cluster"));
  CHECK(contains(tenant_operations(), "add_user"));
  CHECK(contains(listing_operations(), "list_queues"));
}

TEST_CASE("what a banner names is an argument or known to the tool") {
  for (const Operation& operation : operations()) {
    std::string_view left = operation.banner;
    while (left.find('{') != left.npos) {
      left.remove_prefix(left.find('{') + 1);
      const std::string_view name = left.substr(0, left.find('}'));
      CAPTURE(operation.name);
      CAPTURE(name);
      const bool argument = std::ranges::find(operation.arguments, name, &Argument::name) != operation.arguments.end();
      const bool known = name == "node" || name == "pid" || name == "timeout" || name == "timeout_s" ||
                         name == "limit_in_words" || name == "vhost";
      CHECK((argument || known));
    }
  }
}

TEST_CASE("arguments are checked by name, kind and presence") {
  CHECK(mistake("add_vhost", Map{}.add("name", "v")).empty());
  CHECK(mistake("add_vhost", {}) == "not enough arguments.");
  CHECK(mistake("add_vhost", Map{}.add("name", 7)) == "'name' is no argument of add_vhost, or not of that kind");
  CHECK_FALSE(mistake("add_vhost", Map{}.add("name", "v").add("bogus", "x")).empty());
  CHECK_FALSE(mistake("add_vhost", Map{}.add("name", "v").add("vhost", "/")).empty());
  CHECK(mistake("list_exchanges", Map{}.add("vhost", "v")).empty());
  CHECK(mistake("reset", Map{}.add("accept_loss", true)).empty());
  CHECK_FALSE(mistake("reset", Map{}.add("accept_loss", "yes")).empty());
  CHECK(mistake("set_user_tags", Map{}.add("username", "u").add("tags", List{"a"})).empty());
  CHECK_FALSE(mistake("set_user_tags", Map{}.add("username", "u").add("tags", List{1})).empty());
  CHECK(mistake("stop", {}).empty());
}

TEST_CASE("columns that do not exist are named") {
  CHECK_FALSE(unknown_columns(kQueueColumns, {"name", "messages"}));
  CHECK(*unknown_columns(kQueueColumns, {"name", "bogus", "worse"}) == "Info key(s) bogus,worse are not supported");
  CHECK(*unknown_columns(kQueueColumns, List(100, Value("name"))) == "too many columns");
  CHECK(mistake("list_queues", Map{}.add("columns", List{"bogus"})) == "Info key(s) bogus are not supported");
}

}  // namespace warren::manage
