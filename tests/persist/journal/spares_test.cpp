#include "persist/journal/spares.hpp"

#include <doctest/doctest.h>

#include "tests/persist/journal/journal_life.hpp"
#include "tests/persist/memory_folder.hpp"

namespace warren::spares_test {

using namespace warren::persist;

TEST_CASE("no more spares are kept than wanted") {
  MemoryFolder folder;
  Spares spares(folder, small_settings(), 10);
  for (int i = 0; i < 5; ++i) {
    auto made = spares.make(8192);
    REQUIRE(made.ok());
    CHECK(made->name == "3." + std::to_string(10 + i));
    if (i < 4) continue;
    for (const char* name : {"3.10", "3.11", "3.12", "3.13"}) spares.give({name, nullptr}, 8192);
  }
  CHECK(spares.size() == 2);
  CHECK(folder.files.size() == 3);
  CHECK(spares.take().value().name == "3.11");
  CHECK(spares.take().value().name == "3.10");
  CHECK(spares.take().value().name == "3.15");
}

TEST_CASE("a spare that cannot be opened is passed over") {
  MemoryFolder folder;
  Spares spares(folder, small_settings(), 2);
  spares.give({"3.1", nullptr}, 8192);
  const auto taken = spares.take();
  REQUIRE(taken.ok());
  CHECK(taken->name == "3.2");
  CHECK(taken->file->size() == 8192);
}

}  // namespace warren::spares_test
