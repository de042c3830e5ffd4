#include "cluster/raft/wire/messages.hpp"

#include <doctest/doctest.h>

#include "base/rng.hpp"
#include "cluster/raft/parts/configuration.hpp"
#include "tests/base/hex.hpp"
#include "tests/cluster/raft/text.hpp"

namespace warren::messages_test {

using namespace warren::raft;

namespace {

const Head kHead{NodeId(3), 4, 5, 6, 7};

std::string some_configuration() { return encode(Configuration({{NodeId(1), Kind::disc, true, 9}})); }

std::vector<Message> one_of_each() {
  return {{kHead, VoteRequest{true, false, {2, 9}}},
          {kHead, VoteAnswer{false, true}},
          {kHead, Append{{2, 9}, 8, {{{3, 10}, EntryClass::definitions, "q"}, {{4, 11}, EntryClass::blank, ""}}}},
          {kHead, AppendAnswer{false, 9, {1, 2}}},
          {kHead, SnapshotPiece{{2, 9}, some_configuration(), 10, 4, "abcdef"}},
          {kHead, SnapshotAnswer{9, 4}},
          {kHead, CampaignNow{}}};
}

bool reads(const Message& message) {
  Message back;
  return decode(encode(message), back);
}

}  // namespace

TEST_CASE("messages have these bytes, for programs of all ages") {
  const std::string head =
      "010000003d0100000004000000030200000008000000000000000403000000080000000000000005"
      "040000000800000000000000060500000008"
      "0000000000000007";
  const std::vector<Message> messages = one_of_each();
  CHECK(hex(encode(messages[1])) == "02" + head + "0200000006" + "020000000101");
  CHECK(hex(encode(messages[5])) ==
        "06" + head + "020000001a" + "01000000080000000000000009" + "02000000080000000000000004");
  CHECK(hex(encode(messages[6])) == "07" + head + "0200000000");
  CHECK(hex(encode(messages[0])) == "01" + head + "0200000025" + "010000000101" + "030000001a" +
                                        "01000000080000000000000002" + "02000000080000000000000009");
}

TEST_CASE("every message is read back as it was written") {
  for (const Message& message : one_of_each()) {
    Message back;
    REQUIRE(decode(encode(message), back));
    CHECK(testing::text_of(back) == testing::text_of(message));
    CHECK(encode(back) == encode(message));
  }
}

TEST_CASE("what breaks a bound or does not hang together is refused") {
  CHECK_FALSE(reads({{}, CampaignNow{}}));  // from nobody
  CHECK_FALSE(reads({kHead, Append{{2, 9}, 8, {{{3, 11}, EntryClass::topology, ""}}}}));
  CHECK_FALSE(reads({kHead, Append{{2, 9}, 8, {{{1, 10}, EntryClass::topology, ""}}}}));
  CHECK_FALSE(reads({kHead, Append{{2, 9}, 8, {{{3, 10}, EntryClass::none, ""}}}}));
  CHECK_FALSE(reads({kHead, Append{{2, 9}, 8, {{{3, 10}, EntryClass::configuration, "no configuration"}}}}));
  CHECK_FALSE(reads({kHead, SnapshotPiece{{2, 9}, some_configuration(), 10, 5, "abcdef"}}));
  CHECK_FALSE(reads({kHead, SnapshotPiece{{2, 9}, some_configuration(), 10, 11, ""}}));
  CHECK_FALSE(reads({kHead, SnapshotPiece{{2, 9}, some_configuration(), limits::kSnapshotBytesMax + 1, 0, ""}}));
  CHECK_FALSE(reads({kHead, SnapshotPiece{{2, 9}, "no configuration", 10, 0, ""}}));
  const std::string too_large(limits::kSnapshotPieceBytes + 1, 'x');
  CHECK_FALSE(reads({kHead, SnapshotPiece{{2, 9}, some_configuration(), too_large.size(), 0, too_large}}));
  // Of a term that the sender itself does not know.
  CHECK_FALSE(reads({kHead, Append{{2, 9}, 8, {{{6, 10}, EntryClass::topology, ""}}}}));
  CHECK_FALSE(reads({kHead, Append{{6, 9}, 8, {}}}));
  CHECK_FALSE(reads({kHead, VoteRequest{true, false, {6, 9}}}));
  CHECK_FALSE(reads({kHead, SnapshotPiece{{6, 9}, some_configuration(), 10, 4, "abcdef"}}));
  Message back;
  CHECK_FALSE(decode("", back));
  CHECK_FALSE(decode(std::string("\x63", 1), back));
  CHECK_FALSE(decode(std::string(limits::kRaftMessageBytesMax + 1, '\0'), back));
}

TEST_CASE("bytes that were damaged on the way are read or refused, never more than that") {
  Rng rng(1);
  int read = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = encode(one_of_each()[rng.below(7)]);
    for (std::uint64_t flips = 1 + rng.below(3); flips > 0; --flips)
      bytes[rng.below(bytes.size())] = static_cast<char>(rng.next());
    if (rng.one_in(3)) bytes.resize(rng.below(bytes.size() + 1));
    Message back;
    if (!decode(bytes, back)) continue;
    ++read;
    CHECK(encode(back).size() <= bytes.size() + 200);
  }
  CHECK(read > 100);
  CHECK(read < 15'000);
}

}  // namespace warren::messages_test
