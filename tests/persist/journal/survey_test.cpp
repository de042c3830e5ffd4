#include "persist/journal/survey.hpp"

#include <doctest/doctest.h>

#include "tests/persist/journal/journal_life.hpp"
#include "tests/persist/memory_folder.hpp"

namespace warren::survey_test {

using namespace warren::persist;

namespace {

void put(MemoryFolder& folder, const char* name, SegmentNumber number, std::uint64_t begin) {
  REQUIRE(folder.create(name, 8192).ok());
  SegmentHeader header;
  header.number = number;
  header.begin = begin;
  header.shard = 3;
  write_segment_head(header, folder.bytes(name).data());
}

}  // namespace

TEST_CASE("files are told apart by their headers") {
  MemoryFolder folder;
  put(folder, "3.9", 12, 500);
  put(folder, "3.1", 14, 700);
  put(folder, "3.4", 13, 800);
  put(folder, "3.5", 11, 400);
  REQUIRE(folder.create("3.2", 8192).ok());
  REQUIRE(folder.create("3.3", 8192).ok());
  folder.bytes("3.3")[0] = 'x';
  REQUIRE(folder.create("3.x", 8192).ok());
  const auto survey = survey_journal(folder, 3, 12);
  REQUIRE(survey.ok());
  REQUIRE(survey->segments.size() == 3);
  CHECK(survey->segments[0].file.name == "3.9");
  CHECK(survey->segments[0].bound == 700);
  CHECK(survey->segments[1].file.name == "3.4");
  CHECK(survey->segments[1].bound == 700);
  CHECK(survey->segments[2].file.name == "3.1");
  CHECK(survey->segments[2].bound == UINT64_MAX);
  CHECK(survey->spares.size() == 2);
  REQUIRE(survey->unreadable.size() == 1);
  CHECK(survey->unreadable[0].name == "3.3");
  CHECK(survey->highest == 14);
  CHECK(survey->next_slot == 10);
}

TEST_CASE("either copy of a header will do, and of two the newer") {
  MemoryFolder folder;
  put(folder, "3.0", 5, 500);
  folder.bytes("3.0")[30] ^= 1;
  CHECK(survey_journal(folder, 3, 1)->segments.at(0).header.begin == 500);
  folder.bytes("3.0")[30] ^= 1;
  folder.bytes("3.0")[kSegmentHeaderCopy + 30] ^= 1;
  CHECK(survey_journal(folder, 3, 1)->segments.at(0).header.begin == 500);
  put(folder, "3.1", 6, 600);
  folder.bytes("3.0").replace(0, kSegmentHeaderBytes, folder.bytes("3.1"), 0, kSegmentHeaderBytes);
  folder.bytes("3.0")[kSegmentHeaderCopy + 30] ^= 1;
  REQUIRE(folder.remove("3.1").ok());
  CHECK(survey_journal(folder, 3, 1)->segments.at(0).header.number == 6);
}

}  // namespace warren::survey_test
