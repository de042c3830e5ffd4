#include "cluster/raft/raft.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/cluster/raft/sim/world.hpp"
#include "tests/cluster/raft/transcript.hpp"

namespace warren::raft_test {

using namespace warren::raft;

TEST_CASE("groups do what the transcripts say") {
  int transcripts = 0;
  for (const auto& entry : std::filesystem::directory_iterator(WARREN_SOURCE_DIR "/tests/scenarios/raft")) {
    if (entry.path().extension() != ".txt") continue;
    ++transcripts;
    std::ifstream file(entry.path());
    std::ostringstream text;
    text << file.rdbuf();
    INFO(entry.path().filename().string());
    CHECK(testing::retold(text.str()) == text.str());
  }
  CHECK(transcripts > 4);
}

TEST_CASE("a transcript that says something else is found out") {
  const std::string_view right = "group disc\nelect 1\n  leads\n";
  CHECK(testing::retold(right) == right);
  CHECK(testing::retold("group disc\nelect 1\n  does not lead\n") == right);
  CHECK(testing::retold("group disc\nelekt 1\n") == "group disc\nelekt 1\n  not understood\n");
}

TEST_CASE("nothing goes wrong under a hundred seeds, and everything finishes") {
  int lost = 0;
  std::size_t definitions = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const sim::Outcome outcome = sim::World(seed).run();
    INFO(seed);
    CHECK(outcome.verdict == "");
    lost += outcome.lost_majority ? 1 : 0;
    definitions += outcome.definitions;
  }
  CHECK(lost < 20);
  CHECK(definitions > 2000);
}

TEST_CASE("the same seed does the same, line by line") {
  const sim::Outcome first = sim::World(11).run();
  const sim::Outcome second = sim::World(11).run();
  CHECK(first.story == second.story);
  CHECK(first.committed == second.committed);
  CHECK(first.story.size() > 5);
}

}  // namespace warren::raft_test
