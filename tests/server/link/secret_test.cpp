#include "server/link/secret.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace warren::secret_test {

using namespace warren::server;

namespace {

// A folder that goes with the test.
struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "warren-secret-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path); }
  std::string secret() const { return path / "secret"; }
  std::filesystem::path path;
};

}  // namespace

TEST_CASE("a secret is made once, for the owner's eyes only, and nothing else is left behind") {
  const Folder folder;
  const auto made = read_or_make_secret(folder.secret());
  REQUIRE(made.ok());
  CHECK(made->text.size() == 32);
  struct stat about {};
  REQUIRE(::stat(folder.secret().c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  CHECK(read_or_make_secret(folder.secret())->text == made->text);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
  const Folder other;
  CHECK(read_or_make_secret(other.secret())->text != made->text);
}

TEST_CASE("of many who look for a secret at once all find the same") {
  const Folder folder;
  std::vector<std::string> found(8);
  {
    std::vector<std::thread> threads;
    for (std::string& mine : found)
      threads.emplace_back([&] {
        if (auto secret = read_or_make_secret(folder.secret())) mine = secret->text;
      });
    for (std::thread& thread : threads) thread.join();
  }
  CHECK(found.front().size() == 32);
  CHECK(found == std::vector<std::string>(found.size(), found.front()));
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
}

TEST_CASE("what an operator wrote is the secret, without the end of the line") {
  const Folder folder;
  std::ofstream(folder.secret()) << "what we agreed on\n";
  std::filesystem::permissions(folder.secret(), std::filesystem::perms::owner_read);
  CHECK(read_or_make_secret(folder.secret())->text == "what we agreed on");
}

TEST_CASE("a file that others may read is refused, and so is an empty one") {
  const Folder folder;
  std::ofstream(folder.secret()) << "open\n";
  std::filesystem::permissions(folder.secret(),
                               std::filesystem::perms::owner_read | std::filesystem::perms::group_read);
  auto read = read_or_make_secret(folder.secret());
  REQUIRE_FALSE(read.ok());
  CHECK(read.error() == "others may read the file of the cluster's secret " + folder.secret() + ": chmod 600 mends it");
  std::ofstream(folder.secret()) << "\n";
  std::filesystem::permissions(folder.secret(), std::filesystem::perms::owner_read);
  CHECK(read_or_make_secret(folder.secret()).error() ==
        "the file of the cluster's secret " + folder.secret() + " is empty");
}

TEST_CASE("a file in a folder that does not exist cannot be made") {
  const auto read = read_or_make_secret("/nowhere/at/all");
  REQUIRE_FALSE(read.ok());
  CHECK(read.error() == "cannot create the file of the cluster's secret /nowhere/at/all: No such file or directory");
}

TEST_CASE("a proof shows the secret and what was sworn") {
  const cluster::Oath oath{false, {cluster::LinkPurpose::mail, "a", "1"}, {cluster::LinkPurpose::mail, "b", "2"}};
  cluster::Oath other = oath;
  other.by_acceptor = true;
  const std::string proof = prove("secret", oath);
  CHECK(proof.size() == cluster::kProofBytes);
  CHECK(same_proof(proof, prove("secret", oath)));
  CHECK_FALSE(same_proof(proof, prove("secre", oath)));
  CHECK_FALSE(same_proof(proof, prove("secret", other)));
  CHECK_FALSE(same_proof(proof, ""));
}

}  // namespace warren::secret_test
