#include "tools/ctl/run.hpp"

#include <doctest/doctest.h>

#include "tests/tools/ctl/fake_door.hpp"

namespace warren::ctl::testing {

TEST_CASE("without a command the help goes to standard error, with --help to standard output") {
  FakeNode node;
  const Printed bare = run_line(node, "");
  CHECK(bare.code == 64);
  CHECK(bare.out.empty());
  CHECK(bare.err.find("list_queues") != std::string::npos);
  const Printed asked = run_line(node, "--help");
  CHECK(asked.code == 0);
  CHECK(asked.out == bare.err);
  CHECK(run_line(node, "help").out == bare.err);
}

TEST_CASE("help for one command shows its usage and its columns") {
  FakeNode node;
  const Printed help = run_line(node, "help list_queues");
  CHECK(help.code == 0);
  CHECK(help.out.find("warrenctl [--node <node>] [--longnames] [--quiet] list_queues [--vhost <vhost>] [--online] "
                      "[--offline] [--local] [<columns> ...]") != std::string::npos);
  CHECK(help.out.find("messages_unacknowledged") != std::string::npos);
  CHECK(run_line(node, "list_queues --help").out == help.out);
  CHECK(run_line(node, "help bogus_thing_that_is_far_off").code == 64);
}

TEST_CASE("the version of the tool needs no node") {
  FakeNode node;
  CHECK(run_line(node, "version").out == "0.1.0\n");
  CHECK(run_line(node, "--version").code == 0);
  CHECK(run_line(node, "help --list-commands").out.find("\nlist_queues\n") != std::string::npos);
  CHECK(node.asked.empty());
}

TEST_CASE("an unknown command is told, with what was probably meant") {
  FakeNode node;
  const Printed printed = run_line(node, "lst_queues");
  CHECK(printed.code == 64);
  CHECK(printed.err == "\nCommand 'lst_queues' not found. \nDid you mean 'list_queues'?\n");
  const Printed far = run_line(node, "make_coffee_please");
  CHECK(far.code == 64);
  CHECK(far.err.find("Usage") != std::string::npos);
}

TEST_CASE("a node is reached by its URL, and what is no URL is refused") {
  FakeNode node;
  node.answers = {Heard(manage::Answer(manage::Value("Ping succeeded")))};
  CHECK(run_line(node, "--url http://boss:x@far:81 ping").code == 0);
  CHECK(node.url == "boss at far:81");
  const Printed printed = run_line(node, "ping --url=ftp://h");
  CHECK(printed.code == 64);
  CHECK(printed.err.find("--url takes http://USER:PASSWORD@HOST:PORT, not 'ftp://h'") != std::string::npos);
}

TEST_CASE("a name that no node can have is refused") {
  FakeNode node;
  const Printed printed = run_line(node, "-n ../etc ping");
  CHECK(printed.code == 65);
  CHECK(printed.err == "Error: '../etc' cannot be the name of a node\n");
  CHECK(node.asked.empty());
}

TEST_CASE("a mistake in the arguments is told before anything is asked") {
  FakeNode node;
  const Printed printed = run_line(node, "list_queues bogus");
  CHECK(printed.code == 64);
  CHECK(printed.out.empty());
  CHECK(printed.err ==
        "Error (argument validation): Info key(s) bogus are not supported\nArguments given:\n\tlist_queues bogus\n");
  CHECK(node.asked.empty());
}

}  // namespace warren::ctl::testing
