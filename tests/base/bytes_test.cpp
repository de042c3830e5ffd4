#include "base/bytes.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

namespace warren::bytes_test {

using namespace std::string_literals;
using namespace std::string_view_literals;

TEST_CASE("numbers are written with the highest octet first and read back") {
  char octets[8];
  store_big<std::uint64_t>(octets, 0x0102030405060708);
  CHECK(std::string_view(octets, 8) == "\1\2\3\4\5\6\7\10"sv);
  CHECK(load_big<std::uint64_t>(octets) == 0x0102030405060708);
  CHECK(load_big<std::uint32_t>(octets) == 0x01020304);
  CHECK(load_big<std::uint16_t>(octets + 6) == 0x0708);
  CHECK(load_big<std::uint8_t>(octets + 2) == 3);
  store_big<std::int16_t>(octets, -2);
  CHECK(std::string_view(octets, 2) == "\xff\xfe"sv);
  CHECK(load_big<std::int16_t>(octets) == -2);
}

TEST_CASE("numbers may lie at any address") {
  const std::string octets = "x\0\0\1\2"s;
  CHECK(load_big<std::uint32_t>(octets.data() + 1) == 0x0102);
}

TEST_CASE("a buffer keeps what was appended while it grows") {
  ByteBuffer buffer;
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    buffer.append("piece ");
    expected += "piece ";
  }
  CHECK(buffer.view() == expected);
  CHECK(buffer.capacity() >= buffer.size());
}

TEST_CASE("a new buffer takes no memory and appending nothing changes nothing") {
  ByteBuffer buffer;
  buffer.append("");
  CHECK(buffer.empty());
  CHECK(buffer.capacity() == 0);
}

TEST_CASE("a buffer is cut at either end") {
  ByteBuffer buffer;
  buffer.append("one two three");
  buffer.drop_front(4);
  CHECK(buffer.view() == "two three");
  buffer.truncate(3);
  CHECK(buffer.view() == "two");
  buffer.drop_front(3);
  CHECK(buffer.empty());
}

TEST_CASE("clearing keeps the memory of a buffer and releasing gives it back") {
  ByteBuffer buffer;
  buffer.append("some");
  const std::size_t capacity = buffer.capacity();
  buffer.clear();
  CHECK(buffer.empty());
  CHECK(buffer.capacity() == capacity);
  buffer.release();
  CHECK(buffer.capacity() == 0);
  buffer.append("again");
  CHECK(buffer.view() == "again");
}

TEST_CASE("a moved buffer takes its content along") {
  ByteBuffer first;
  first.append("content");
  ByteBuffer second(std::move(first));
  CHECK(second.view() == "content");
  ByteBuffer third;
  third = std::move(second);
  CHECK(third.view() == "content");
}

}  // namespace warren::bytes_test
