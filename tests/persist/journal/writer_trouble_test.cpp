#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "persist/journal/reader.hpp"
#include "persist/journal/writer.hpp"
#include "tests/persist/journal/journal_life.hpp"
#include "tests/persist/memory_folder.hpp"

namespace warren::writer_trouble_test {

using namespace warren::persist;

namespace {

struct Life {
  std::vector<std::string> written;
  std::vector<std::uint64_t> positions;
  std::uint64_t durable = 0;
  int retries = 0;
};

// Appends chunks of several sizes, frees nothing, syncs now and then, retries after trouble.
Life live(MemoryFolder& folder, JournalWriter& writer) {
  Life life;
  for (int i = 0; i < 30; ++i) {
    life.written.push_back(numbered(i, i == 17 ? 20'000 : 50 + static_cast<std::size_t>(i % 5) * 600));
    life.positions.push_back(append(writer, life.written.back()).place.position);
    if (i % 4 == 3) sync(writer);
    if (writer.trouble() && i % 3 == 0) {
      ++life.retries;
      (void)writer.retry();
    }
  }
  (void)folder;
  life.durable = writer.durable();
  return life;
}

// Whether what is read is a prefix of what was written that holds everything durable.
void check_kept(MemoryFolder& folder, const Life& life) {
  const ReadBack back = read_all(folder);
  REQUIRE(back.payloads.size() <= life.written.size());
  REQUIRE(std::equal(back.payloads.begin(), back.payloads.end(), life.written.begin()));
  std::size_t durable = 0;
  while (durable < life.positions.size() && life.positions[durable] <= life.durable) ++durable;
  REQUIRE(back.payloads.size() >= durable);
  for (std::size_t i = 0; i < back.places.size(); ++i) REQUIRE(back.places[i].position == life.positions[i]);
  REQUIRE(back.report.damage.empty());
}

}  // namespace

TEST_CASE("whichever operation fails, nothing durable is lost and retrying writes the rest") {
  for (const std::uint64_t failures : {1, 2, 5, 1'000'000}) {
    bool failed = true;
    for (std::uint64_t n = 1; failed; ++n) {
      MemoryFolder folder;
      JournalWriter writer = open_writer(folder, small_settings());
      folder.operations = 0;
      folder.fail_from = n;
      folder.fail_count = failures;
      Life life = live(folder, writer);
      failed = folder.operations >= n;
      folder.fail_from = 0;

      MemoryFolder killed = folder.copy();
      check_kept(killed, life);
      MemoryFolder dark = folder.copy();
      dark.lose_power();
      check_kept(dark, life);

      if (writer.trouble()) REQUIRE(writer.retry().ok());
      CHECK_FALSE(writer.trouble().has_value());
      sync(writer);
      REQUIRE(writer.durable() == life.positions.back());
      REQUIRE(writer.retained_bytes() == 0);
      folder.lose_power();
      REQUIRE(read_all(folder).payloads == life.written);
      life.durable = writer.durable();
      check_kept(folder, life);
      REQUIRE(folder.files.size() < 40);
    }
  }
}

TEST_CASE("without space chunks are kept, and written when there is space again") {
  MemoryFolder folder;
  folder.fail_kind = TroubleKind::full;
  JournalWriter writer = open_writer(folder, small_settings());
  append(writer, "one");
  sync(writer);
  folder.fail_from = folder.operations + 1;
  folder.fail_count = 1'000'000;
  const AppendResult first = append(writer, numbered(2, 7000));
  REQUIRE(writer.trouble().has_value());
  CHECK(writer.trouble()->kind == TroubleKind::full);
  CHECK(writer.trouble()->text == "cannot create");
  CHECK_FALSE(writer.retry().ok());
  CHECK_FALSE(writer.retry().ok());
  const AppendResult second = append(writer, "three");
  CHECK(second.place.position == first.place.position + 48);
  CHECK(writer.retained_bytes() == second.place.position - writer.durable());
  CHECK(folder.files.size() == 1);
  folder.fail_from = 0;
  CHECK(writer.retry().ok());
  CHECK(writer.durable() < first.place.position);
  sync(writer);
  CHECK(writer.durable() == second.place.position);
  folder.lose_power();
  CHECK(read_all(folder).payloads == std::vector<std::string>{"one", numbered(2, 7000), "three"});
}

TEST_CASE("a failed sync is never followed by one that makes the same bytes durable") {
  MemoryFolder folder;
  JournalWriter writer = open_writer(folder, small_settings());
  append(writer, "one");
  SyncWork work = writer.begin_sync();
  append(writer, "two");
  folder.fail_from = folder.operations + 1;
  Outcome outcome = work.run();
  REQUIRE_FALSE(outcome.ok());
  writer.finish_sync(std::move(work), std::move(outcome));
  sync(writer);
  CHECK(writer.durable() == 0);
  CHECK(writer.trouble().has_value());
  CHECK(writer.retry().ok());
  CHECK(writer.durable() == 0);
  sync(writer);
  CHECK(writer.durable() == writer.position());
  folder.lose_power();
  CHECK(read_all(folder).payloads == std::vector<std::string>{"one", "two"});
}

TEST_CASE("a sync that began before a retry says nothing about what was written again") {
  MemoryFolder folder;
  JournalWriter writer = open_writer(folder, small_settings());
  append(writer, "one");
  SyncWork work = writer.begin_sync();
  folder.fail_from = folder.operations + 1;
  append(writer, "two");
  REQUIRE(writer.trouble().has_value());
  CHECK(writer.retry().ok());
  writer.finish_sync(std::move(work), Done{});
  CHECK(writer.durable() == 0);
  sync(writer);
  folder.lose_power();
  CHECK(read_all(folder).payloads == std::vector<std::string>{"one", "two"});
}

TEST_CASE("what a killed process left unsynced is durable before the journal goes on") {
  MemoryFolder folder;
  {
    JournalWriter writer = open_writer(folder, small_settings());
    append(writer, "left");
  }
  JournalWriter writer = open_writer(folder, small_settings());
  CHECK(writer.durable() == writer.position());
  folder.lose_power();
  CHECK(read_all(folder).payloads == std::vector<std::string>{"left"});
}

TEST_CASE("a writer that cannot make that durable does not begin") {
  MemoryFolder folder;
  {
    JournalWriter writer = open_writer(folder, small_settings());
    append(writer, "left");
  }
  JournalTail tail = read_all(folder).report.tail;
  folder.fail_from = folder.operations + 2;
  const auto writer = JournalWriter::open(folder, small_settings(), std::move(tail));
  REQUIRE_FALSE(writer.ok());
  CHECK(writer.error().text == "cannot sync");
}

TEST_CASE("retries on a broken disk do not heap up files") {
  MemoryFolder folder;
  JournalWriter writer = open_writer(folder, small_settings());
  append(writer, "one");
  sync(writer);
  for (int i = 0; i < 50; ++i) {
    append(writer, "two");
    folder.fail_from = folder.operations + 1;
    sync(writer);
    REQUIRE(writer.trouble().has_value());
    CHECK(writer.retry().ok());
  }
  CHECK(folder.files.size() <= 3);
  sync(writer);
  folder.lose_power();
  CHECK(read_all(folder).payloads.size() == 51);
}

TEST_CASE("in trouble nothing is sent on its way") {
  MemoryFolder folder;
  JournalWriter writer = open_writer(folder, small_settings());
  append(writer, "lies there");
  folder.fail_from = folder.operations + 1;
  append(writer, "is kept");
  REQUIRE(writer.trouble().has_value());
  writer.hurry();
  CHECK(folder.hurried.empty());
}

}  // namespace warren::writer_trouble_test
