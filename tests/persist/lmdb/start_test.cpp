#include "persist/lmdb/start.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "persist/lmdb/raw/envelope.hpp"
#include "persist/lmdb/rebuild/replacement.hpp"
#include "persist/lmdb/rebuild/sealed_writer.hpp"
#include "tests/persist/lmdb/sample_store.hpp"

namespace warren::start_test {

using namespace warren::persist;
using namespace warren::persist::lmdb;

namespace {

void write_schema(const std::string& path, std::uint32_t number) {
  auto environment = Environment::open(path, 0);
  REQUIRE(environment.ok());
  std::string sealed(kEnvelopeHeadBytes + 12, '\0');
  for (int i = 0; i < 2; ++i) {
    seal(Table::meta, kSchemaKey, 100, encode_schema({number, 50}), sealed.data());
    SealedWriter writer(**environment);
    REQUIRE(writer.put(Table::meta, kSchemaKey, sealed).ok());
    REQUIRE(writer.finish().ok());
  }
}

void check_foreign(const std::string& path, const std::string& sentence) {
  const std::string before = read_file(path);
  StoreReport report;
  const auto opened = start(path, {}, report);
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().kind == TroubleKind::foreign);
  CHECK(opened.error().text == sentence);
  CHECK(read_file(path) == before);
  CHECK(report.set_aside.empty());
}

}  // namespace

TEST_CASE("what a crash left of a store in the making is removed") {
  const TemporaryFolder folder;
  const std::string path = folder.file("store");
  write_file(replacement_path(path), "half of one");
  StoreReport report;
  REQUIRE(start(path, {}, report).ok());
  CHECK(report.created);
  CHECK(read_file(replacement_path(path)).empty());
}

TEST_CASE("a store of a newer program is left as it is, damaged or not") {
  const TemporaryFolder folder;
  const std::string path = folder.file("store");
  open_store(path).reset();
  write_schema(path, 3);
  const std::string sentence =
      "the data in " + path + " was written by a newer Warren (schema 3, this program knows 1)";
  check_foreign(path, sentence);
  std::string file = read_file(path);
  file.replace(0, 8192, std::string(8192, 'x'));
  write_file(path, file);
  check_foreign(path, sentence);
}

TEST_CASE("a file that is not a store is left as it is") {
  const TemporaryFolder folder;
  for (const std::string& content : {std::string("a letter"), noise(50'000, 1), std::string(8192, 'x')}) {
    write_file(folder.file("letter"), content);
    check_foreign(folder.file("letter"), folder.file("letter") + " is not a store of Warren's; it is left as it is");
  }
  std::filesystem::create_directory(folder.file("folder"));
  StoreReport report;
  CHECK_FALSE(start(folder.file("folder"), {}, report).ok());
}

TEST_CASE("a file without a single byte is a new store, one of nothing but zeros is set aside") {
  const TemporaryFolder folder;
  write_file(folder.file("empty"), "");
  StoreReport report;
  CHECK(start(folder.file("empty"), {}, report).ok());
  CHECK(report.created);
  CHECK(report.sentences.empty());
  write_file(folder.file("zeros"), std::string(20'000, '\0'));
  report = {};
  CHECK(start(folder.file("zeros"), {}, report).ok());
  CHECK(report.salvaged);
  CHECK(report.records_salvaged == 0);
  CHECK(read_file(report.set_aside).size() == 20'000);
  CHECK(report.sentences.size() == 3);
}

TEST_CASE("as many damaged files are kept as was said") {
  const SampleStore sample = make_sample();
  const TemporaryFolder folder(TemporaryFolder::Place::memory);
  const std::string path = folder.file("store");
  std::string set_aside;
  for (int round = 0; round < 4; ++round) {
    std::string file = sample.file;
    file.replace(0, 8192, std::string(8192, 'x'));
    write_file(folder.file("damaged"), file);
    std::filesystem::rename(folder.file("damaged"), path);
    StoreReport report;
    StoreSettings settings;
    settings.damaged_kept_max = 2;
    REQUIRE(start(path, settings, report).ok());
    CHECK(report.records_salvaged >= sample.now.size());
    set_aside = report.set_aside;
  }
  CHECK(set_aside == path + ".damaged-4");
  CHECK(read_file(path + ".damaged-2").empty());
  CHECK_FALSE(read_file(path + ".damaged-3").empty());
}

TEST_CASE("after falling back the lost commit's number is not used again") {
  const SampleStore sample = make_sample();
  const TemporaryFolder folder;
  const std::string path = folder.file("store");
  StoreReport report;
  write_file(path, sample.file);
  const auto base = [&] { return (*start(path, {}, report))->commit_base(); };
  const std::uint64_t before = base();
  std::string file = sample.file;
  file[16] = 0;
  write_file(path, file);
  report = {};
  CHECK(base() == before + 1);
  CHECK(report.fallback);
  CHECK(report.sentences.size() == 1);
  report = {};
  CHECK(base() == before + 1);
  CHECK_FALSE(report.fallback);
}

TEST_CASE("a store is compacted when it is opened, if that is wished") {
  const TemporaryFolder folder;
  const std::string path = folder.file("store");
  {
    const auto store = open_store(path);
    REQUIRE(put(*store, Table::bodies, "gone", noise(3'000'000, 1)).ok());
    REQUIRE(put(*store, Table::bodies, "kept", noise(100'000, 2)).ok());
    REQUIRE(erase(*store, Table::bodies, "gone").ok());
  }
  CHECK(std::filesystem::file_size(path) > 3'000'000);
  StoreSettings settings;
  settings.compact = true;
  const auto store = open_store(path, settings);
  CHECK(store->report().compacted);
  CHECK(store->report().sentences.empty());
  CHECK(std::filesystem::file_size(path) < 300'000);
  CHECK(value_of(*store, Table::bodies, "kept") == noise(100'000, 2));
  CHECK(value_of(*store, Table::bodies, "gone") == "(none)");
}

}  // namespace warren::start_test
