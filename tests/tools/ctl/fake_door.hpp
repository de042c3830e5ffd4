// A node that answers as the test tells it to, and a run of the tool on it.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tools/ctl/run.hpp"

namespace warren::ctl::testing {

using manage::Answer;
using manage::Failure;
using manage::List;
using manage::Map;
using manage::Request;
using manage::Value;
using Heard = Result<Answer, Trouble>;

struct FakeNode {
  std::string name = "a@h";
  std::string url = {};                         // "USER at HOST:PORT", when it was reached by one
  std::function<Heard(const Request&)> answer;  // else `answers`, in their order
  std::deque<Heard> answers;
  std::vector<Request> asked;
  std::optional<std::int64_t> pid = 4242;
  std::int64_t ends_at_ms = 0;  // of the process
  std::int64_t now_ms = 0;      // grows by pauses
};

class FakeDoor : public NodeDoor {
 public:
  explicit FakeDoor(FakeNode& node) : node_(node) {}

  const std::string& name() const override { return node_.name; }
  Heard ask(const Request& request, std::int64_t) override {
    node_.asked.push_back(request);
    if (node_.answer) return node_.answer(request);
    if (node_.answers.empty()) return Trouble{Trouble::Kind::unreachable, "DIAGNOSTICS\n"};
    Heard heard = std::move(node_.answers.front());
    node_.answers.pop_front();
    return heard;
  }
  std::optional<std::int64_t> pid() override { return node_.pid; }
  std::optional<std::int64_t> pid_in(const std::string& file) override {
    return file == "good.pid" ? node_.pid : std::nullopt;
  }
  bool lives(std::int64_t) override { return node_.now_ms < node_.ends_at_ms; }
  std::int64_t now_ms() override { return node_.now_ms; }
  void pause_ms(std::int64_t time_ms) override { node_.now_ms += time_ms; }

 private:
  FakeNode& node_;
};

struct Printed {
  int code = 0;
  std::string out;
  std::string err;
};

// Requires: no word has a blank in it.
inline std::vector<std::string> split(std::string_view line) {
  std::vector<std::string> words;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    if (end > 0) words.emplace_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

inline Printed run_words(FakeNode& node, const std::vector<std::string>& words,
                         std::optional<std::string> password = std::nullopt) {
  Printed printed;
  const Surroundings around{
      .program = "warrenctl",
      .version = "0.1.0",
      .out = [&](std::string_view text) { printed.out += text; },
      .err = [&](std::string_view text) { printed.err += text; },
      .read_password = [&] { return password; },
      .open =
          [&](const std::string& named) {
            if (!named.empty()) node.name = named;
            return std::make_unique<FakeDoor>(node);
          },
      .open_url =
          [&](const NodeUrl& url) {
            node.url = url.user + " at " + url.host + ":" + std::to_string(url.port);
            return std::make_unique<FakeDoor>(node);
          },
  };
  printed.code = run(words, around);
  return printed;
}

inline Printed run_line(FakeNode& node, std::string_view line, std::optional<std::string> password = std::nullopt) {
  return run_words(node, split(line), std::move(password));
}

}  // namespace warren::ctl::testing
