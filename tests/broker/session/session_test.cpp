#include "broker/session/session.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/broker/session/transcript.hpp"

namespace warren::session_test {

using namespace warren::broker::session::testing;

TEST_CASE("sessions do what the transcripts say") {
  int transcripts = 0;
  for (const auto& entry : std::filesystem::directory_iterator(WARREN_SOURCE_DIR "/tests/scenarios/session")) {
    if (entry.path().extension() != ".txt") continue;
    ++transcripts;
    std::ifstream file(entry.path());
    std::ostringstream text;
    text << file.rdbuf();
    const std::string transcript = text.str();
    INFO(entry.path().filename().string());
    CHECK(mistakes(transcript) == "");
  }
  CHECK(transcripts > 5);
}

TEST_CASE("a transcript that says something else is found out") {
  CHECK(mistakes("client sends AMQP 0-9-1\n")
            .starts_with("after: client sends AMQP 0-9-1\n  done client 0 connection.start"));
  CHECK(mistakes("client sends AMQP 0-9-1\n  client 0 connection.start ...\n") == "");
  CHECK(mistakes("nonsense\n") == "after: nonsense\n  done not understood: nonsense\n");
  CHECK(mistakes("open\nclient 1 queue.purge quque='q'\n").find("not understood") != std::string::npos);
}

}  // namespace warren::session_test
