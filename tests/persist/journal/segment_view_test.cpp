#include "persist/journal/segment_view.hpp"

#include <doctest/doctest.h>

#include "tests/persist/journal/journal_life.hpp"
#include "tests/persist/memory_folder.hpp"

namespace warren::segment_view_test {

using namespace warren::persist;

namespace {

Segment segment_of(MemoryFolder& folder, const char* name) {
  const auto header = read_segment_header(std::string_view(folder.bytes(name)).substr(0, kSegmentHeaderBytes));
  REQUIRE(header.has_value());
  return {*header, {name, folder.bytes(name).size(), header->number, header->begin}};
}

}  // namespace

TEST_CASE("chunks are seen where they begin, and up to the bound") {
  MemoryFolder folder;
  JournalWriter writer = open_writer(folder, small_settings());
  const std::uint64_t one = append(writer, "one").place.position;
  const std::uint64_t two = append(writer, "second").place.position;
  Segment segment = segment_of(folder, "3.0");
  SegmentView view;
  REQUIRE(view.use(folder, segment).ok());
  CHECK(view.chunk_at(0)->payload == "one");
  CHECK(view.chunk_at(0)->end == one);
  CHECK(view.chunk_at(one)->payload == "second");
  CHECK_FALSE(view.chunk_at(8).has_value());
  CHECK_FALSE(view.chunk_at(two).has_value());
  CHECK_FALSE(view.chunk_at(1'000'000).has_value());
  CHECK(view.next_chunk(1)->begin == one);
  CHECK_FALSE(view.next_chunk(one + 1).has_value());
  segment.bound = two - 8;
  CHECK_FALSE(view.chunk_at(one).has_value());
  CHECK_FALSE(view.next_chunk(one).has_value());
}

TEST_CASE("a length that the file does not have is not believed") {
  MemoryFolder folder;
  JournalWriter writer = open_writer(folder, small_settings());
  append(writer, "one");
  const Segment segment = segment_of(folder, "3.0");
  std::string& bytes = folder.bytes("3.0");
  std::string chunk(kChunkHeaderBytes + 5000, 'x');
  write_chunk_header(segment.header, {0, 5000, 0, 0}, chunk.data());
  bytes.replace(kSegmentHeadBytes, kChunkHeaderBytes, chunk, 0, kChunkHeaderBytes);
  SegmentView view;
  REQUIRE(view.use(folder, segment).ok());
  CHECK_FALSE(view.chunk_at(0).has_value());
  CHECK_FALSE(view.trouble().has_value());
}

TEST_CASE("a read that fails is remembered") {
  MemoryFolder folder;
  JournalWriter writer = open_writer(folder, small_settings());
  append(writer, "one");
  const Segment segment = segment_of(folder, "3.0");
  SegmentView view;
  REQUIRE(view.use(folder, segment).ok());
  folder.fail_from = folder.operations + 1;
  CHECK_FALSE(view.chunk_at(0).has_value());
  REQUIRE(view.trouble().has_value());
  CHECK(view.trouble()->text == "cannot read");
}

}  // namespace warren::segment_view_test
