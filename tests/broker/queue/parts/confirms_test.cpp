#include "broker/queue/parts/confirms.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/broker/queue/queue_fixture.hpp"

namespace warren::confirms_test {

using namespace warren::broker;
using namespace warren::broker::testing;

namespace {

Enqueue publish(std::uint64_t session, ChannelNumber channel, std::uint64_t sequence) {
  return {{}, {SessionId(session), NodeId(1), 0}, {1, channel}, sequence};
}

// "1/2:+3-5" is: session 1, channel 2, confirmed 3 to 5.
std::string flush(Confirms& confirms) {
  std::vector<SessionMail> told;
  confirms.flush(told);
  std::string text;
  for (const SessionMail& mail : told) {
    const auto show = [&](const auto& run, char sign) {
      text += (text.empty() ? "" : " ") + std::to_string(mail.to.id.value) + '/' + std::to_string(run.channel.number) +
              ':' + sign + std::to_string(run.first) + '-' + std::to_string(run.last);
    };
    if (const auto* confirmed = std::get_if<Confirmed>(&mail.event)) show(*confirmed, '+');
    if (const auto* rejected = std::get_if<Rejected>(&mail.event)) show(*rejected, '!');
  }
  return text;
}

}  // namespace

TEST_CASE("neighbours become one run; gaps and other outcomes begin another") {
  Confirms confirms;
  for (const std::uint64_t sequence : {1, 2, 3}) confirms.confirm(publish(1, 1, sequence));
  confirms.reject(publish(1, 1, 4));
  confirms.reject(publish(1, 1, 5));
  confirms.confirm(publish(1, 1, 6));
  confirms.confirm(publish(1, 1, 8));
  CHECK(flush(confirms) == "1/1:+1-3 1/1:!4-5 1/1:+6-6 1/1:+8-8");
  CHECK(flush(confirms) == "");
}

TEST_CASE("publishers that take turns keep a run each") {
  Confirms confirms;
  for (std::uint64_t sequence = 1; sequence <= 50; ++sequence) {
    confirms.confirm(publish(1, 1, sequence));
    confirms.confirm(publish(1, 2, sequence));
    confirms.confirm(publish(2, 1, sequence));
  }
  CHECK(flush(confirms) == "1/1:+1-50 1/2:+1-50 2/1:+1-50");
}

TEST_CASE("a publish never joins a run that is older than its forerunner's") {
  Confirms confirms;
  confirms.confirm(publish(1, 1, 1));
  confirms.reject(publish(1, 1, 2));
  confirms.confirm(publish(2, 1, 1));
  confirms.confirm(publish(1, 1, 3));
  CHECK(flush(confirms) == "1/1:+1-1 1/1:!2-2 2/1:+1-1 1/1:+3-3");
}

TEST_CASE("publishes without a sequence number are not answered") {
  Confirms confirms;
  confirms.confirm(publish(1, 1, 0));
  confirms.reject(publish(1, 1, 0));
  CHECK(flush(confirms) == "");
}

TEST_CASE("room for many runs is given back") {
  Confirms confirms;
  for (std::uint64_t session = 1; session <= 1000; ++session) confirms.confirm(publish(session, 1, 1));
  CHECK(confirms.heap_bytes() > 0);
  flush(confirms);
  CHECK(confirms.heap_bytes() == 0);
}

TEST_CASE("what was gathered for sessions of a lost node is told to nobody") {
  Confirms confirms;
  confirms.confirm(publish(1, 1, 1));
  confirms.confirm({{}, {SessionId(1), NodeId(2), 0}, {1, 1}, 7});
  confirms.forget(NodeId(2));
  CHECK(flush(confirms) == "1/1:+1-1");
}

}  // namespace warren::confirms_test
