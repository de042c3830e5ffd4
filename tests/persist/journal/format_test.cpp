#include "persist/journal/format.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "persist/journal/writer.hpp"
#include "tests/persist/journal/journal_life.hpp"
#include "tests/persist/memory_folder.hpp"

namespace warren::format_test {

using namespace warren::persist;

namespace {

std::string hex(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    text += fmt::format("{}{:02x}", i == 0 || i % 8 != 0 ? "" : " ", static_cast<unsigned char>(bytes[i]));
  return text;
}

SegmentHeader some_header() {
  SegmentHeader header;
  header.number = 0x0102;
  header.begin = 0x030405;
  header.synced = 0x0304;
  header.salt = 0xa1a2a3a4a5a6a7a8;
  header.shard = 9;
  return header;
}

}  // namespace

TEST_CASE("the bytes of a journal") {
  char head[kSegmentHeadBytes];
  write_segment_head(some_header(), head);
  CHECK(hex({head, kSegmentHeaderBytes}) ==
        "57415252454e4a4c 0000000163cb166f 0000000000000102 0000000000030405 "
        "0000000000000304 a1a2a3a4a5a6a7a8 0000000900000000 0000000000000000");
  std::string rest(head + kSegmentHeaderBytes, sizeof head - kSegmentHeaderBytes);
  CHECK(rest.substr(kSegmentHeaderCopy - kSegmentHeaderBytes, kSegmentHeaderBytes) == std::string(head, 64));
  rest.erase(kSegmentHeaderCopy - kSegmentHeaderBytes, kSegmentHeaderBytes);
  CHECK(rest.find_first_not_of('\0') == std::string::npos);

  std::string chunk(kChunkHeaderBytes, '\0');
  chunk += "hello";
  write_chunk_header(some_header(), {0, 5, 0x030405, 0x0304}, chunk.data());
  CHECK(hex(chunk) ==
        "a1a2a3a4fdf2a6ab d42b2fb800000005 0000000000000102 0000000000030405 "
        "0000000000000304 68656c6c6f");
}

TEST_CASE("the bytes that a writer leaves") {
  MemoryFolder folder;
  JournalWriter writer = open_writer(folder, small_settings());
  append(writer, "first");
  sync(writer);
  append(writer, "second one");
  CHECK(folder.files.begin()->first == "3.0");
  CHECK(hex(folder.bytes("3.0").substr(0, 64)) ==
        "57415252454e4a4c 00000001dd323e26 0000000000000001 0000000000000000 "
        "0000000000000000 73f83594295970c6 0000000300000000 0000000000000000");
  CHECK(hex(folder.bytes("3.0").substr(4096, 112)) ==
        "73f835941b3ebd86 0da76c3e00000005 0000000000000001 0000000000000000 "
        "0000000000000000 6669727374000000 73f835945210825f 38b3b1020000000a "
        "0000000000000001 0000000000000030 0000000000000030 7365636f6e64206f "
        "6e65000000000000 0000000000000000");
}

TEST_CASE("headers are read as they were written") {
  char head[kSegmentHeadBytes];
  write_segment_head(some_header(), head);
  const auto header = read_segment_header({head, kSegmentHeaderBytes});
  REQUIRE(header.has_value());
  CHECK(header->number == 0x0102);
  CHECK(header->begin == 0x030405);
  CHECK(header->synced == 0x0304);
  CHECK(header->salt == some_header().salt);
  CHECK(header->shard == 9);

  std::string chunk(kChunkHeaderBytes + 5, 'p');
  write_chunk_header(some_header(), {0, 5, 4096, 12}, chunk.data());
  const auto read = read_chunk_header(some_header(), 4096, chunk);
  REQUIRE(read.has_value());
  CHECK(read->payload_bytes == 5);
  CHECK(read->synced == 12);
  CHECK(read->payload_crc == payload_crc(some_header(), "ppppp"));
}

TEST_CASE("a flipped bit in a header is noticed wherever it is") {
  char head[kSegmentHeadBytes];
  write_segment_head(some_header(), head);
  for (std::size_t bit = 0; bit < kSegmentHeaderBytes * 8; ++bit) {
    head[bit / 8] ^= static_cast<char>(1 << bit % 8);
    REQUIRE_FALSE(read_segment_header({head, kSegmentHeaderBytes}).has_value());
    head[bit / 8] ^= static_cast<char>(1 << bit % 8);
  }
  std::string chunk(kChunkHeaderBytes + 5, 'p');
  write_chunk_header(some_header(), {0, 5, 4096, 12}, chunk.data());
  for (std::size_t bit = 0; bit < kChunkHeaderBytes * 8; ++bit) {
    chunk[bit / 8] ^= static_cast<char>(1 << bit % 8);
    REQUIRE_FALSE(read_chunk_header(some_header(), 4096, chunk).has_value());
    chunk[bit / 8] ^= static_cast<char>(1 << bit % 8);
  }
}

TEST_CASE("a chunk is only one in its segment, at its position, with its salt") {
  std::string chunk(kChunkHeaderBytes, '\0');
  write_chunk_header(some_header(), {0, 0, 4096, 12}, chunk.data());
  CHECK(read_chunk_header(some_header(), 4096, chunk).has_value());
  CHECK_FALSE(read_chunk_header(some_header(), 4104, chunk).has_value());
  SegmentHeader other = some_header();
  ++other.number;
  CHECK_FALSE(read_chunk_header(other, 4096, chunk).has_value());
  other = some_header();
  other.salt ^= 1;
  CHECK_FALSE(read_chunk_header(other, 4096, chunk).has_value());
  other.salt = some_header().salt ^ 1ull << 63;
  CHECK_FALSE(read_chunk_header(other, 4096, chunk).has_value());
}

TEST_CASE("names of slots") {
  CHECK(slot_name({3, 14}) == "3.14");
  const auto name = parse_slot_name("3.14");
  REQUIRE(name.has_value());
  CHECK(name->shard == 3);
  CHECK(name->slot == 14);
  for (const char* not_one : {"", ".", "3", "3.", ".3", "3.1.4", "03.1", "3.01", "-3.1", "3.+1", "3.1 ", "damaged-3-1",
                              "3.4294967296", "4294967296.1", "data.mdb"})
    CHECK_FALSE(parse_slot_name(not_one).has_value());
}

}  // namespace warren::format_test
