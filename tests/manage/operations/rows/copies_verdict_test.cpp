#include "manage/operations/rows/copies_verdict.hpp"

#include <doctest/doctest.h>

#include "broker/queue/stored/contents.hpp"
#include "manage/operations/words/exit_codes.hpp"
#include "tests/manage/operations/desk/mirrored_rig.hpp"

namespace warren::manage::testing {
namespace {

const NodeId kMirror{2};

struct VerdictRig : MirroredRig {
  VerdictRig() {
    declare_on(NodeId(1), "q");
    declare_on(NodeId(1), "plain");
  }
  Answer verdict(std::vector<ComparedCopy> copies, std::string_view name = "q") const {
    return verdict_of({1234, 1234, 0xabc, std::move(copies)}, queue(name), catalog);
  }
  // What people are told when there is nothing wrong.
  std::string message(std::vector<ComparedCopy> copies, std::string_view name = "q") const {
    const Answer answer = verdict(std::move(copies), name);
    REQUIRE(answer.ok());
    REQUIRE(answer->get<Map>() != nullptr);
    return std::string(text_of(*answer->get<Map>(), "message"));
  }
};

}  // namespace

TEST_CASE("copies that are the same are told with their number and digest") {
  const VerdictRig rig;
  CHECK(rig.message({{kMirror, CopyVerdict::same, 1234}}) ==
        "Queue 'q' in vhost '/' is the same on every node: 1234 messages (digest 0000000000000abc)");
  CHECK(rig.message({{kMirror, CopyVerdict::same, 1200}}) ==
        "Queue 'q' in vhost '/' is the same on every node: 1234 messages (digest 0000000000000abc)\n"
        "  node b@h: 1200 by content, 34 by position only");
  const Answer answer = rig.verdict({{kMirror, CopyVerdict::same, 1234}});
  REQUIRE(answer.ok());
  const Map& map = *answer->get<Map>();
  CHECK(*map.find("messages") == Value(1234));
  CHECK(text_of(map, "digest") == "0000000000000abc");
  CHECK(json(*map.find("copies")) == R"([{"node":"b@h","state":"same","weighed":1234}])");
}

TEST_CASE("a queue without mirrors has one copy") {
  const VerdictRig rig;
  CHECK(rig.message({}, "plain") == "Queue 'plain' in vhost '/' has one copy: 1234 messages (digest 0000000000000abc)");
}

TEST_CASE("a mirror that cannot be compared is told of, and is no difference") {
  VerdictRig rig;
  CHECK(rig.message({{kMirror, CopyVerdict::not_in_sync}}) ==
        "Queue 'q' in vhost '/' was compared with no other copy: 1234 messages (digest 0000000000000abc)\n"
        "  node b@h: not in sync: not compared");
  CHECK(rig.message({}).ends_with("\n  node b@h: not in sync: not compared"));
  rig.apply(broker::NodeDown{kMirror, 8});
  CHECK(rig.message({{kMirror, CopyVerdict::no_answer}}).ends_with("\n  node b@h: not running: not compared"));
  CHECK(rig.message({{kMirror, CopyVerdict::same, 1234}}).find("is the same on every node") != std::string::npos);
}

TEST_CASE("the first difference is named, and fails") {
  const VerdictRig rig;
  const Position position = broker::first_position(Epoch(3)) + 16;
  const std::pair<CopyFault, std::string> faults[]{{CopyFault::missing, "the owner has it, the copy has not"},
                                                   {CopyFault::surplus, "the copy has it, the owner has not"},
                                                   {CopyFault::content, "it is another message in the copy"}};
  for (const auto& [fault, words] : faults) {
    const Answer answer = rig.verdict({{kMirror, CopyVerdict::differs, 0, CopyDifference{position, 18, fault}}});
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().code == kUnavailable);
    CHECK(answer.error().kind == "copies_differ");
    CHECK(answer.error().sentence ==
          "Queue 'q' in vhost '/' differs on node b@h: position 17 of reign 3 (message 18 of 1234): " + words);
  }
}

TEST_CASE("who counts and does not answer makes the comparison fail for the time being") {
  const VerdictRig rig;
  const Answer answer = rig.verdict({{kMirror, CopyVerdict::no_answer}});
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == kTemporary);
  CHECK(answer.error().sentence.ends_with("\n  node b@h: no answer"));
}

}  // namespace warren::manage::testing
