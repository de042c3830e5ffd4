#include "tools/ctl/usage.hpp"

#include <doctest/doctest.h>

namespace warren::ctl {

TEST_CASE("a usage line shows what must and what may be said") {
  CHECK(usage_line("warrenctl", *manage::find_operation("set_user_tags")) ==
        "warrenctl [--node <node>] [--longnames] [--quiet] set_user_tags <username> [<tags> ...]");
  CHECK(usage_line("rabbitmqctl", *manage::find_operation("stop")) ==
        "rabbitmqctl [--node <node>] [--longnames] [--quiet] stop [--idempotent] [<pid_file>]");
}

TEST_CASE("the help of a command tells its options") {
  const std::string text = usage("warrenctl", *manage::find_operation("reset"));
  CHECK(text.find("--accept-loss") != std::string::npos);
  CHECK(text.find("--node <node>, -n") != std::string::npos);
}

TEST_CASE("the help of the tool names every command") {
  const std::string text = usage("warrenctl");
  for (const manage::Operation& operation : manage::operations())
    CHECK(text.find("    " + std::string(operation.name) + " ") != std::string::npos);
}

TEST_CASE("a small slip is recognised, a long word is not looked at for long") {
  CHECK(unknown_command("warrenctl", "add_vhsot").find("Did you mean 'add_vhost'?") != std::string::npos);
  CHECK(unknown_command("warrenctl", std::string(100'000, 'x')).find("Usage") != std::string::npos);
}

}  // namespace warren::ctl
