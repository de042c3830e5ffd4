#include "persist/journal/set_aside.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/persist/memory_folder.hpp"

namespace warren::set_aside_test {

using namespace warren::persist;

TEST_CASE("damaged bytes are copied, durably") {
  MemoryFolder folder;
  REQUIRE(folder.create("3.0", 3 << 20).ok());
  std::string& bytes = folder.bytes("3.0");
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7 + i / 1000);
  const JournalDamage damage{5000, 5000 + (2 << 20), "3.0", 100, {}};
  CHECK(set_aside(folder, 3, damage) ==
        "the journal of shard 3 is damaged: 2097152 bytes from position 5000 on are not what was written (file 3.0 at "
        "100), set aside as damaged-3-5000");
  folder.lose_power();
  CHECK(folder.bytes("damaged-3-5000").size() == 2 << 20);
  folder.lose_power();
  MemoryFolder again;
  REQUIRE(again.create("3.0", 64).ok());
  again.bytes("3.0") = std::string(32, 'a') + std::string(32, 'b');
  (void)set_aside(again, 3, {8, 24, "3.0", 24, {}});
  again.lose_power();
  CHECK(again.bytes("damaged-3-8") == "aaaaaaaabbbbbbbb");
}

TEST_CASE("what cannot be copied leaves nothing, and says why") {
  for (std::uint64_t n = 2; n <= 6; ++n) {
    MemoryFolder folder;
    REQUIRE(folder.create("3.0", 100).ok());
    folder.operations = 0;
    folder.fail_from = n;
    const std::string text = set_aside(folder, 3, {8, 24, "3.0", 8, {}});
    const char* const what[] = {"open", "create", "read", "write", "sync"};
    CHECK(text == std::string("the journal of shard 3 is damaged: 16 bytes from position 8 on are not what was written "
                              "(file 3.0 at 8), not set aside: cannot ") +
                      what[n - 2]);
    CHECK(folder.files.size() == 1);
  }
}

}  // namespace warren::set_aside_test
