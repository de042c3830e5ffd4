#include "tools/perf/plan.hpp"

#include <doctest/doctest.h>

#include <string>

namespace warren::perf {

namespace {

std::string error_of(const std::vector<std::string>& arguments) {
  const auto plan = read_plan(arguments);
  return plan ? "" : plan.error();
}

}  // namespace

TEST_CASE("without arguments there is one of each, for five seconds") {
  const auto plan = read_plan({});
  REQUIRE(plan.ok());
  CHECK(plan->mode == Mode::load);
  CHECK(plan->publishers == 1);
  CHECK(plan->consumers == 1);
  CHECK(plan->queues == 1);
  CHECK(plan->addresses.size() == 1);
  CHECK(plan->publish_addresses.size() == 1);
  CHECK(plan->addresses[0].port == 5672);
  CHECK(plan->warmup_s == 1);
}

TEST_CASE("options are read whatever their order") {
  const auto plan = read_plan({"--uri", "amqp://h:1/v", "--user", "me", "--body", "0", "--acks", "5", "--durable",
                               "--publishers", "0", "--exchange", "topic", "--bindings", "7"});
  REQUIRE(plan.ok());
  CHECK(plan->addresses[0].host == "h");
  CHECK(plan->addresses[0].user == "me");
  CHECK(plan->body_bytes == 0);
  CHECK(plan->ack_every == 5);
  CHECK(plan->durable);
  CHECK(plan->publishers == 0);
  CHECK(plan->bindings == 7);
}

TEST_CASE("publishers go where consumers go unless told otherwise") {
  const auto plan = read_plan({"--uri", "amqp://a", "--uri", "amqp://b", "--publish-uri", "amqp://c"});
  REQUIRE(plan.ok());
  CHECK(plan->addresses.size() == 2);
  REQUIRE(plan->publish_addresses.size() == 1);
  CHECK(plan->publish_addresses[0].host == "c");
}

TEST_CASE("a counted run has no warm-up unless it is asked for") {
  CHECK(read_plan({"--count", "10"})->warmup_s == 0);
  CHECK(read_plan({"--count", "10", "--warmup", "2"})->warmup_s == 2);
}

TEST_CASE("queue arguments keep their kind") {
  const auto plan =
      read_plan({"--queue-argument", "x-max-length=10", "--queue-argument", "x-queue-type=classic", "--queue-argument",
                 "x-single-active-consumer=true", "--queue-argument", "x-text=\"10\""});
  REQUIRE(plan.ok());
  const amqp::Table& table = plan->queue_arguments;
  CHECK(*table.find("x-max-length")->get<std::int64_t>() == 10);
  CHECK(*table.find("x-queue-type")->text() == "classic");
  CHECK(*table.find("x-single-active-consumer")->get<bool>());
  CHECK(*table.find("x-text")->text() == "10");
}

TEST_CASE("the last of several modes holds") {
  CHECK(read_plan({"--churn", "channel"})->mode == Mode::churn_channels);
  CHECK(read_plan({"--idle-connections", "10"})->mode == Mode::idle_connections);
  CHECK(read_plan({"--declare-queues", "10"})->mode == Mode::declare_queues);
}

TEST_CASE("wrong arguments are told in a sentence") {
  CHECK(error_of({"--nonsense"}) == "there is no option '--nonsense' (see --help)");
  CHECK(error_of({"--body"}) == "--body needs a value: BYTES");
  CHECK(error_of({"--body", "many"}) == "'many' is no value for --body (see --help)");
  CHECK(error_of({"--port", "0"}) == "'0' is no value for --port (see --help)");
  CHECK(error_of({"--port", "65536"}) == "'65536' is no value for --port (see --help)");
  CHECK(error_of({"--duration", "-1"}) == "'-1' is no value for --duration (see --help)");
  CHECK(error_of({"--churn", "milk"}) == "'milk' is no value for --churn (see --help)");
  CHECK(error_of({"--uri", "http://x"}) == "'http://x' is not of the form amqp://user:password@host:port/vhost");
}

TEST_CASE("plans that cannot work are refused") {
  CHECK_FALSE(error_of({"--publishers", "0", "--consumers", "0"}).empty());
  CHECK_FALSE(error_of({"--acks", "10", "--prefetch", "9"}).empty());
  CHECK(error_of({"--acks", "10", "--prefetch", "10"}).empty());
  CHECK_FALSE(error_of({"--bindings", "10"}).empty());
  CHECK_FALSE(error_of({"--backlog", "10", "--consumers", "0"}).empty());
  CHECK_FALSE(error_of({"--publishers", "2000", "--exchange", "topic", "--bindings", "1000"}).empty());
  CHECK_FALSE(error_of({"--key", std::string(256, 'k')}).empty());
}

TEST_CASE("the help names every option once") {
  const std::string help = usage();
  for (const char* option : {"--uri", "--publishers", "--confirms", "--rate", "--churn", "--help"}) {
    const std::size_t at = help.find(std::string("  ") + option + " ");
    CHECK(at != std::string::npos);
  }
}

}  // namespace warren::perf
