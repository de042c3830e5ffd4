#include "cluster/raft/wire/records.hpp"

#include <doctest/doctest.h>

#include "cluster/limits.hpp"
#include "tests/base/hex.hpp"

namespace warren::records_test {

using namespace warren::raft;

namespace {}  // namespace

TEST_CASE("the hard state has these bytes on every disk") {
  const HardState state{5, NodeId(2), {4, 9}, 77, 88, true};
  CHECK(hex(encode(state)) ==
        "01000000080000000000000005"
        "020000000400000002"
        "030000001a0100000008000000000000000402000000080000000000000009"
        "0400000008000000000000004d"
        "05000000080000000000000058"
        "060000000101");
  HardState back;
  CHECK(decode(encode(state), back));
  CHECK(back == state);
  CHECK_FALSE(decode("torn", back));
}

TEST_CASE("an entry has these bytes on every disk") {
  const Entry entry{{4, 9}, EntryClass::definitions, "q"};
  CHECK(hex(encode(entry)) ==
        "01000000080000000000000004"
        "02000000080000000000000009"
        "030000000103"
        "040000000171");
  Entry back;
  CHECK(decode(encode(entry), back));
  CHECK(back == entry);
  CHECK_FALSE(decode(encode(Entry{}), back));  // of no class
  CHECK_FALSE(decode(encode(Entry{{4, 9}, EntryClass::configuration, "q"}), back));
  CHECK_FALSE(decode(encode({{1, 1}, EntryClass::topology, std::string(limits::kCommandBytesMax + 1, 'x')}), back));
}

TEST_CASE("the head of a snapshot has these bytes on every disk") {
  const Snapshot snapshot{{4, 9}, Configuration({{NodeId(1), Kind::ram, true, 6}}), nullptr};
  CHECK(hex(encode(snapshot)) ==
        "010000001a0100000008000000000000000402000000080000000000000009"
        "0200000027"
        "0100000022"
        "010000000400000001"
        "020000000102"
        "030000000101"
        "04000000080000000000000006");
  Snapshot back;
  CHECK(decode(encode(snapshot), back));
  CHECK(back.last == snapshot.last);
  CHECK(back.configuration == snapshot.configuration);
}

}  // namespace warren::records_test
