#include "server/cluster/identity_file.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "tests/persist/lmdb/temporary_folder.hpp"

namespace warren::server {
namespace {

using persist::lmdb::TemporaryFolder;

StoredIdentity sample() {
  StoredIdentity stored;
  stored.identity.self = NodeId{3};
  stored.identity.name = "three@host";
  stored.identity.kind = broker::NodeKind::ram;
  stored.identity.lineage = 77;
  stored.identity.cluster_port = 25673;
  stored.identity.founder = false;
  stored.identity.contacts.push_back({.id = NodeId{1}, .name = "one@host", .host = "host", .cluster_port = 25672});
  return stored;
}

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void put(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace

TEST_CASE("a folder without the file has no identity, and what was written is read") {
  const TemporaryFolder folder;
  const std::string data_dir = folder.file(".");
  CHECK_FALSE(read_identity(data_dir));
  write_identity(data_dir, sample());
  const auto stored = read_identity(data_dir);
  REQUIRE(stored);
  CHECK(stored->identity.self == NodeId{3});
  CHECK(stored->identity.name == "three@host");
  CHECK(stored->identity.kind == broker::NodeKind::ram);
  CHECK(stored->identity.lineage == 77);
  CHECK(stored->identity.cluster_port == 25673);
  CHECK_FALSE(stored->identity.founder);
  REQUIRE(stored->identity.contacts.size() == 1);
  CHECK(stored->identity.contacts.front().name == "one@host");
  CHECK(stored->trouble.empty());
}

TEST_CASE("whatever bit of either file flips, the node knows who it is and says what is damaged") {
  const TemporaryFolder folder;
  const std::string data_dir = folder.file(".");
  write_identity(data_dir, sample());
  for (const char* name : {"/node", "/node.spare"}) {
    const std::string path = data_dir + name, whole = content(path);
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
      std::string damaged = whole;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
      put(path, damaged);
      const auto stored = read_identity(data_dir);
      REQUIRE(stored);
      CHECK(stored->identity.name == "three@host");
      CHECK(stored->identity.contacts.size() == 1);
      CHECK(stored->trouble.find(path) != std::string::npos);
    }
    put(path, whole);
  }
}

TEST_CASE("wherever one of the files is cut, or when it is missing, the other one serves") {
  const TemporaryFolder folder;
  const std::string data_dir = folder.file(".");
  write_identity(data_dir, sample());
  for (const char* name : {"/node", "/node.spare"}) {
    const std::string path = data_dir + name, whole = content(path);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      put(path, whole.substr(0, size));
      CHECK(read_identity(data_dir).value().identity.self == NodeId{3});
    }
    std::filesystem::remove(path);
    CHECK(read_identity(data_dir).value().identity.self == NodeId{3});
    put(path, whole);
  }
}

TEST_CASE("an old spare is told from a whole one") {
  const TemporaryFolder folder;
  const std::string data_dir = folder.file(".");
  write_identity(data_dir, sample());
  const std::string old = content(data_dir + "/node.spare");
  StoredIdentity next = sample();
  next.identity.lineage = 78;
  write_identity(data_dir, next);
  put(data_dir + "/node.spare", old);
  const auto stored = read_identity(data_dir);
  REQUIRE(stored);
  CHECK(stored->identity.lineage == 78);
  CHECK_FALSE(stored->trouble.empty());
}

TEST_CASE("when both files are damaged, or a newer program wrote them, one sentence says so") {
  const TemporaryFolder folder;
  const std::string data_dir = folder.file(".");
  put(data_dir + "/node", "nothing of use");
  put(data_dir + "/node.spare", "");
  CHECK_THROWS_AS(read_identity(data_dir), std::runtime_error);
}

}  // namespace warren::server
