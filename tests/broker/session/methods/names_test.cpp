#include "broker/session/methods/names.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/broker/session/surroundings.hpp"

namespace warren::names_test {

using namespace warren::broker;
using namespace warren::broker::session;

TEST_CASE("carriage returns and line feeds are taken out of names") {
  CHECK(clean_name("a\r\nb\n") == "ab");
  CHECK(clean_name(" a b ") == " a b ");
}

TEST_CASE("an empty queue name stands for the queue last declared on the channel") {
  testing::Surroundings around;
  SessionCore core;
  Channel channel({1, 1});
  const Desk desk{core, channel, around.context};
  CHECK(*queue_or_last(desk, "given") == "given");
  const auto none = queue_or_last(desk, "");
  REQUIRE_FALSE(none.ok());
  CHECK(none.error().code == amqp::ReplyCode::not_found);
  CHECK(none.error().text == "no previously declared queue");
  channel.last_queue = "last";
  CHECK(*queue_or_last(desk, "") == "last");
}

TEST_CASE("another connection's queue is locked") {
  const Refusal refusal = locked_queue("q", "/");
  CHECK(refusal.code == amqp::ReplyCode::resource_locked);
  CHECK(refusal.text.starts_with("cannot obtain exclusive access to locked queue 'q' in vhost '/'."));
}

TEST_CASE("generated names are 22 characters that need no escaping in a URL, and differ") {
  Rng rng(1);
  const std::string first = generated_name("amq.gen-", rng);
  CHECK(first.size() == 8 + 22);
  CHECK(first.starts_with("amq.gen-"));
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  CHECK(first.find_first_not_of(alphabet, 8) == std::string::npos);
  CHECK(first != generated_name("amq.gen-", rng));
}

TEST_CASE("a reply address is read back as it was printed") {
  Rng rng(2);
  for (int i = 0; i < 1000; ++i) {
    const ReplyAddress address{
        {SessionId(rng.next()), NodeId(static_cast<std::uint32_t>(rng.next())), static_cast<ShardIndex>(rng.next())},
        {static_cast<std::uint32_t>(rng.next()), static_cast<ChannelNumber>(rng.next())},
        rng.next()};
    const std::string name = print_reply_address(address);
    REQUIRE(name.size() <= 255);
    const auto back = read_reply_address(name);
    REQUIRE(back.has_value());
    REQUIRE(back->session == address.session);
    REQUIRE(back->channel == address.channel);
    REQUIRE(back->secret == address.secret);
  }
}

TEST_CASE("an address that was tampered with is none") {
  const std::string name = print_reply_address({{SessionId(1), NodeId(2), 3}, {4, 5}, 6});
  for (std::size_t length = 0; length < name.size(); ++length) CHECK_FALSE(read_reply_address(name.substr(0, length)));
  CHECK_FALSE(read_reply_address(name + "0"));
  CHECK_FALSE(read_reply_address("x" + name));
  std::string no_digit = name;
  no_digit[kReplyQueueName.size() + 1] = 'g';
  CHECK_FALSE(read_reply_address(no_digit));
}

TEST_CASE("a channel without a reply consumer has no address") {
  testing::Surroundings around;
  SessionCore core;
  core.self = testing::kSelf;
  Channel channel({7, 3});
  const Desk desk{core, channel, around.context};
  CHECK(own_reply_address(desk).empty());
  channel.reply_secret = 99;
  const auto address = read_reply_address(own_reply_address(desk));
  REQUIRE(address.has_value());
  CHECK(address->session == testing::kSelf);
  CHECK(address->channel == channel.ref);
  CHECK(address->secret == 99);
}

}  // namespace warren::names_test
