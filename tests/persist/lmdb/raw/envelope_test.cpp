#include "persist/lmdb/raw/envelope.hpp"

#include <doctest/doctest.h>

#include <string>

namespace warren::envelope_test {

using namespace warren::persist;
using namespace warren::persist::lmdb;

namespace {

std::string sealed(Table table, std::string_view key, std::uint64_t commit, std::string_view value) {
  std::string to(kEnvelopeHeadBytes + value.size(), '\0');
  seal(table, key, commit, value, to.data());
  return to;
}

}  // namespace

TEST_CASE("a sealed value opens under its own table and key only") {
  const std::string bytes = sealed(Table::queues, "key", 7, "value");
  CHECK(is_sound(Table::queues, "key", bytes));
  CHECK(opened(bytes) == "value");
  CHECK(read_envelope_head(bytes.data())->commit == 7);
  CHECK(read_envelope_head(bytes.data())->table == Table::queues);
  CHECK_FALSE(is_sound(Table::chunks, "key", bytes));
  CHECK_FALSE(is_sound(Table::queues, "kez", bytes));
  CHECK_FALSE(is_sound(Table::queues, "ke", bytes));
  CHECK(is_sound(Table::bodies, "k", sealed(Table::bodies, "k", 0, "")));
}

TEST_CASE("any flipped bit or missing byte of a sealed value is seen") {
  const std::string bytes = sealed(Table::bodies, "key", 1, "some value");
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    CHECK_FALSE(is_sound(Table::bodies, "key", damaged));
  }
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CHECK_FALSE(is_sound(Table::bodies, "key", std::string_view(bytes).substr(0, length)));
  }
}

TEST_CASE("a head that names no table of ours is none") {
  std::string bytes = sealed(Table::meta, "key", 1, "");
  bytes[4] = 0;
  CHECK_FALSE(read_envelope_head(bytes.data()));
  bytes[4] = static_cast<char>(kTableLast + 1);
  CHECK_FALSE(read_envelope_head(bytes.data()));
}

}  // namespace warren::envelope_test
