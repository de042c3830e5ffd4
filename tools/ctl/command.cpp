#include "tools/ctl/command.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "manage/operations/json/json.hpp"
#include "tools/ctl/banner.hpp"
#include "tools/ctl/print/cells.hpp"
#include "tools/ctl/print/failures.hpp"
#include "tools/ctl/print/rows.hpp"
#include "tools/ctl/print/sections.hpp"

namespace warren::ctl {
namespace {

using manage::Failure;
using manage::Map;
using manage::Request;
using manage::Shape;
using manage::Value;

constexpr std::int64_t kMillisecondsPerSecond = 1000;

}  // namespace

Command::Command(const Invocation& invocation, NodeDoor& door, const Surroundings& around)
    : invocation_(invocation), door_(door), around_(around), began_ms_(door.now_ms()) {}

int Command::run() {
  if (is("stop") || is("shutdown")) return stop();
  print_banner();
  if (is("wait")) return wait_for_process();
  if (is("await_startup")) return await_startup();
  if (is("await_online_nodes")) return await_online_nodes();
  if (is("await_online_synchronized_mirror")) return await_synchronised_mirrors();
  if (is("sync_queue")) return sync_queue();
  return ask_and_print();
}

std::int64_t Command::timeout_ms() const {
  if (invocation_.common.timeout_s)
    return static_cast<std::int64_t>(*invocation_.common.timeout_s * kMillisecondsPerSecond);
  const int usual_s = invocation_.operation->timeout_s;
  return usual_s == 0 ? -1 : usual_s * kMillisecondsPerSecond;
}

std::int64_t Command::left_ms() const {
  return timeout_ms() < 0 ? -1 : std::max<std::int64_t>(0, began_ms_ + timeout_ms() - door_.now_ms());
}

int Command::ask_and_print() {
  if (time_is_up()) return give_up();
  auto answer = door_.ask({std::string(invocation_.operation->name), invocation_.arguments}, timeout_ms());
  if (!answer) return complain(answer.error());
  if (!*answer) return complain(answer->error());
  print(**answer);
  return manage::kOk;
}

void Command::print_banner() {
  const bool wanted = !invocation_.common.quiet && invocation_.common.format != Format::json;
  if (!wanted || invocation_.operation->banner.empty()) return;
  around_.out(banner(invocation_, {door_.name(), process_, timeout_ms()}) + '\n');
}

void Command::tell(std::string_view line) {
  if (!invocation_.common.quiet && invocation_.common.format != Format::json) around_.out(fmt::format("{}\n", line));
}

void Command::print(const Value& value) {
  const Common& common = invocation_.common;
  if (invocation_.operation->shape == Shape::rows) {
    // What is no list is one thing, and is shown as it is.
    if (const auto* rows = value.get<manage::List>())
      return around_.out(print_rows(*rows, common.format, common.headers));
    return around_.out(manage::json(value) + '\n');
  }
  if (invocation_.operation->shape == Shape::tables && common.format != Format::json) return print_tables(value);
  if (common.format != Format::json) return print_plain(value);
  around_.out(manage::json(value.get<Map>() != nullptr ? value : Value(Map{}.add("result", "ok"))) + '\n');
}

void Command::print_tables(const Value& value) {
  const Map* tables = value.get<Map>();
  if (tables == nullptr) return;
  for (const auto& entry : tables->entries)
    if (const auto* rows = entry.second.get<manage::List>())
      around_.out(print_rows(*rows, invocation_.common.format, invocation_.common.headers));
}

void Command::print_plain(const Value& value) {
  const Map* map = value.get<Map>();
  const Shape shape = invocation_.operation->shape;
  if (shape == Shape::cluster_status && map != nullptr) return around_.out(print_cluster_status(*map));
  if (shape == Shape::status && map != nullptr) return around_.out(print_status(*map));
  if (shape == Shape::verdict && map != nullptr)
    return around_.out(std::string(manage::text_of(*map, "message")) + '\n');
  if (const auto* sentence = value.get<std::string>()) around_.out(*sentence + '\n');
}

int Command::complain(const Failure& failure) {
  if (invocation_.common.format == Format::json)
    around_.err(manage::json(Map{}.add("result", "error").add("message", failure.sentence)) + '\n');
  else
    around_.err(failure_text(failure));
  return failure.code;
}

int Command::complain(const Trouble& trouble) {
  switch (trouble.kind) {
    case Trouble::Kind::timed_out:
      return complain(fmt::format("Error: operation {} on node {} timed out. Timeout value used: {}",
                                  invocation_.operation->name, door_.name(), timeout_ms()),
                      manage::kTemporary);
    case Trouble::Kind::broken: return complain("Error:\n" + trouble.why, manage::kUnavailable);
    case Trouble::Kind::unreachable: break;
  }
  if (is("ping"))
    return complain(
        fmt::format("Error:\nFailed to connect and authenticate to {} in {} ms", door_.name(), timeout_ms()),
        manage::kUnavailable);
  around_.err(trouble.why);
  return manage::kUnavailable;
}

int Command::complain(std::string_view line, int code) {
  around_.err(fmt::format("{}\n", line));
  return code;
}

}  // namespace warren::ctl
