#include "persist/crc32c.hpp"

#include <doctest/doctest.h>

#include <string>

#include "base/rng.hpp"

namespace warren::crc32c_test {

using namespace warren::persist;

TEST_CASE("the checksums of RFC 3720, B.4") {
  std::string up;
  std::string down;
  for (int i = 0; i < 32; ++i) {
    up.push_back(static_cast<char>(i));
    down.push_back(static_cast<char>(31 - i));
  }
  CHECK(crc32c(0, std::string(32, '\0')) == 0x8a9136aa);
  CHECK(crc32c(0, std::string(32, '\xff')) == 0x62a8ab43);
  CHECK(crc32c(0, up) == 0x46dd794e);
  CHECK(crc32c(0, down) == 0x113fdb5c);
  CHECK(crc32c(0, "123456789") == 0xe3069283);
  CHECK(crc32c(0, "") == 0);
}

TEST_CASE("table and instruction agree at every length and alignment") {
  if (!has_crc32c_instruction()) return;
  Rng rng(1);
  std::string bytes(40'000, '\0');
  for (char& byte : bytes) byte = static_cast<char>(rng.next());
  for (std::size_t length = 0; length < 2000; ++length) {
    const std::string_view part(bytes.data() + length % 13, length);
    const auto seed = static_cast<std::uint32_t>(rng.next());
    REQUIRE(crc32c_by_table(seed, part) == crc32c_by_instruction(seed, part));
  }
  for (int i = 0; i < 200; ++i) {
    const std::size_t from = rng.below(bytes.size());
    const std::string_view part(bytes.data() + from, rng.below(bytes.size() - from));
    REQUIRE(crc32c_by_table(7, part) == crc32c_by_instruction(7, part));
  }
}

TEST_CASE("a checksum goes on where another ended") {
  const std::string text(1000, 'w');
  for (std::size_t cut = 0; cut <= text.size(); cut += 37)
    CHECK(crc32c(crc32c(5, text.substr(0, cut)), text.substr(cut)) == crc32c(5, text));
  CHECK(crc32c(5, text) != crc32c(6, text));
}

}  // namespace warren::crc32c_test
