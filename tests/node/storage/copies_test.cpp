#include "node/storage/copies.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "tests/persist/memory_store.hpp"

namespace warren::copies_test {

using namespace warren::node;
using persist::Table;

namespace {

ByteBuffer bytes(std::string_view text) {
  ByteBuffer buffer;
  buffer.append(text);
  return buffer;
}

struct Scanned {
  std::map<std::string, std::string> records;
  ScanFindings findings;
  persist::StoreBatch repairs;
};

Scanned scan(persist::Store& store, Table table) {
  Scanned scanned;
  const auto visit = [&](std::string_view key, std::string_view value) {
    CHECK(scanned.records.emplace(key, value).second);
  };
  Result<ScanFindings, persist::Trouble> findings = scan_twice(store, table, visit, scanned.repairs);
  REQUIRE(findings.ok());
  scanned.findings = *findings;
  return scanned;
}

const std::map<std::string, std::string> kBoth = {{"a", "one"}, {"b", "two"}};

void fill(persist::Store& store) {
  persist::StoreBatch batch;
  put_twice(batch, Table::catalog, "a", bytes("one"));
  put_twice(batch, Table::catalog, "b", bytes("two"));
  put_twice(batch, Table::queues, "a", bytes("another"));
  REQUIRE(store.commit(batch).ok());
}

}  // namespace

TEST_CASE("records that are kept twice are read once") {
  persist::MemoryStore store;
  fill(store);
  const Scanned scanned = scan(store, Table::catalog);
  CHECK(scanned.records == kBoth);
  CHECK(scanned.findings.clean);
  CHECK(scanned.repairs.empty());
}

TEST_CASE("a record that is gone comes from its copy, and is mended") {
  persist::MemoryStore store;
  fill(store);
  persist::StoreBatch loss;
  loss.erases.push_back({Table::catalog, "b"});
  REQUIRE(store.commit(loss).ok());
  const Scanned scanned = scan(store, Table::catalog);
  CHECK(scanned.records == kBoth);
  CHECK_FALSE(scanned.findings.clean);
  CHECK(scanned.findings.mended == 1);
  CHECK(scanned.findings.damaged == 0);
  REQUIRE(store.commit(scanned.repairs).ok());
  CHECK(scan(store, Table::catalog).findings.clean);
}

TEST_CASE("what is erased leaves no copy behind") {
  persist::MemoryStore store;
  fill(store);
  persist::StoreBatch batch;
  erase_twice(batch, Table::catalog, "a");
  REQUIRE(store.commit(batch).ok());
  CHECK(scan(store, Table::catalog).records == std::map<std::string, std::string>{{"b", "two"}});
  CHECK(scan(store, Table::queues).records.size() == 1);
}

}  // namespace warren::copies_test
