#include "persist/lmdb/rebuild/sealed_writer.hpp"

#include <doctest/doctest.h>

#include "persist/lmdb/raw/envelope.hpp"
#include "tests/persist/lmdb/temporary_folder.hpp"

namespace warren::sealed_writer_test {

using namespace warren::persist;
using namespace warren::persist::lmdb;

TEST_CASE("sealed values are copied in commits of bounded size") {
  const TemporaryFolder folder;
  auto environment = Environment::create(folder.file("store"), 0, 0);
  REQUIRE(environment.ok());
  const auto transaction = [&] { return mdb_txn_id((*environment)->begin(MDB_RDONLY)->get()); };
  const auto before = transaction();
  SealedWriter writer(**environment);
  std::string sealed(kEnvelopeHeadBytes + 1'000'000, 'x');
  for (const char* key : {"a", "b", "c", "d", "e", "f"}) REQUIRE(writer.put(Table::bodies, key, sealed).ok());
  CHECK(transaction() == before + 1);
  REQUIRE(writer.finish().ok());
  CHECK(transaction() == before + 2);
  CHECK(writer.records() == 6);
  REQUIRE(writer.finish().ok());
  CHECK(transaction() == before + 2);
  // Not sealed by anybody, and found out when it is read.
  REQUIRE((*environment)->sync().ok());
  environment->reset();
  CHECK(value_of(*open_store(folder.file("store")), Table::bodies, "c") == "(damaged)");
}

}  // namespace warren::sealed_writer_test
