#include "tools/ctl/invocation.hpp"

#include <doctest/doctest.h>

#include "tests/tools/ctl/fake_door.hpp"

namespace warren::ctl::testing {
namespace {

Result<Invocation, Misuse> read(std::string_view line, std::optional<std::string> password = std::nullopt) {
  const std::vector<std::string> words = split(line);
  const manage::Operation* operation = manage::find_operation(command_of(words));
  REQUIRE(operation != nullptr);
  return read_invocation("warrenctl", *operation, words, [&] { return password; });
}

Map arguments(std::string_view line) {
  auto invocation = read(line);
  CAPTURE(line);
  REQUIRE(invocation.ok());
  return invocation->arguments;
}

Misuse misuse(std::string_view line) {
  auto invocation = read(line);
  CAPTURE(line);
  REQUIRE_FALSE(invocation.ok());
  return invocation.error();
}

}  // namespace

TEST_CASE("the command is found behind options and their values") {
  CHECK(command_of({"-n", "a@h", "--timeout", "5", "list_users"}) == "list_users");
  CHECK(command_of({"--node=a@h", "-q", "list_users", "x"}) == "list_users");
  CHECK(command_of({"-p", "v", "list_queues"}) == "list_queues");
  CHECK(command_of({"-q"}).empty());
  CHECK(command_of({}).empty());
}

TEST_CASE("options stand anywhere and are not arguments") {
  const Map wanted = Map{}.add("name", "v");
  CHECK(arguments("add_vhost v -q") == wanted);
  CHECK(arguments("-n a@h add_vhost --timeout 5 v") == wanted);
  CHECK(arguments("-t=5 add_vhost v --node=b") == wanted);
}

TEST_CASE("behind two dashes nothing is an option") {
  CHECK(arguments("add_vhost -- -v") == Map{}.add("name", "-v"));
  CHECK(arguments("add_vhost -") == Map{}.add("name", "-"));
}

TEST_CASE("what all commands take is understood") {
  auto invocation = read("list_users -n a@h -t 1.5 -s --formatter csv -l --script-name x");
  REQUIRE(invocation.ok());
  CHECK(invocation->common.node == "a@h");
  CHECK(*invocation->common.timeout_s == 1.5);
  CHECK(invocation->common.quiet);
  CHECK_FALSE(invocation->common.headers);
  CHECK(invocation->common.format == Format::csv);
}

TEST_CASE("options that are no options, or lack their values, are refused with the usage") {
  CHECK(misuse("list_users --bogus").text ==
        "Error (argument validation): Invalid options for this command: --bogus\nArguments given:\n\tlist_users "
        "--bogus\n\nUsage\n\nwarrenctl [--node <node>] [--longnames] [--quiet] list_users\n");
  CHECK(misuse("list_users -n").text.find("-n needs a value") != std::string::npos);
  CHECK(misuse("list_users --quiet=yes").text.find("takes no value") != std::string::npos);
  CHECK(misuse("list_users -t soon").text.find("number of seconds") != std::string::npos);
  CHECK(misuse("list_users --formatter erlang").text.find("pretty_table") != std::string::npos);
  for (const char* line : {"list_users --bogus", "list_users -n", "list_users -t -1", "list_users --formatter x"})
    CHECK(misuse(line).code == 64);
}

TEST_CASE("too few and too many arguments are told with the usage") {
  CHECK(misuse("join_cluster").text ==
        "Error (argument validation): not enough arguments.\nArguments given:\n\tjoin_cluster\n\nUsage\n\nwarrenctl "
        "[--node <node>] [--longnames] [--quiet] join_cluster [--disc] [--ram] [--accept-loss] <member>\n");
  CHECK(misuse("list_users x").text.find("too many arguments.") != std::string::npos);
  CHECK(misuse("list_users x").code == 64);
}

TEST_CASE("a vhost is taken where there is one, and ignored where there is none") {
  CHECK(arguments("list_queues -p v") == Map{}.add("vhost", "v"));
  CHECK(arguments("list_queues --vhost=v") == Map{}.add("vhost", "v"));
  CHECK(arguments("list_users -p v").empty());
  CHECK(arguments("list_queues").empty());
}

TEST_CASE("all that follows can be one list, and columns may be written with commas") {
  CHECK(arguments("list_queues name,messages state") == Map{}.add("columns", List{"name", "messages", "state"}));
  CHECK(arguments("set_user_tags u a,b c") == Map{}.add("username", "u").add("tags", List{"a,b", "c"}));
  CHECK(arguments("set_user_tags u") == Map{}.add("username", "u"));
}

TEST_CASE("a password that is not given is read") {
  auto invocation = read("add_user bob", "secret");
  REQUIRE(invocation.ok());
  CHECK(invocation->arguments == Map{}.add("username", "bob").add("password", "secret"));
  CHECK(misuse("add_user bob").text.find("the password is missing") != std::string::npos);
  CHECK(arguments("add_user bob pw") == Map{}.add("username", "bob").add("password", "pw"));
}

TEST_CASE("a node is disc or ram and not both") {
  for (const char* line : {"join_cluster --ram --disc a@h", "change_cluster_node_type tape"}) {
    CHECK(misuse(line).code == 65);
    CHECK(misuse(line).text.starts_with(
        "Error (argument validation): Bad argument: The node type must be either disc or ram.\n"));
  }
  CHECK(arguments("change_cluster_node_type disk") == Map{}.add("kind", "disk"));
}

TEST_CASE("dashes and underscores are the same in the names of options") {
  CHECK(arguments("reset --accept-loss") == Map{}.add("accept_loss", true));
  CHECK(arguments("reset --accept_loss") == Map{}.add("accept_loss", true));
}

}  // namespace warren::ctl::testing
