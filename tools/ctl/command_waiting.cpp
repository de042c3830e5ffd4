// Commands that go on after the node has answered: those that wait for it to end, to start, or for others.
#include <fmt/core.h>

#include <charconv>

#include "tools/ctl/command.hpp"

namespace warren::ctl {
namespace {

using manage::Map;
using manage::Request;

constexpr std::int64_t kLookAgain_ms = 200;

}  // namespace

int Command::stop() {
  const std::string pid_file(manage::text_of(invocation_.arguments, "pid_file"));
  process_ = pid_file.empty() ? door_.pid() : door_.pid_in(pid_file);
  print_banner();
  auto answer = door_.ask({"stop", {}}, timeout_ms());
  const Trouble* trouble = answer ? nullptr : &answer.error();
  if (trouble != nullptr && trouble->kind == Trouble::Kind::unreachable && flag("idempotent")) {
    around_.out(fmt::format("Node {} is not running\n", door_.name()));
    return manage::kOk;
  }
  // A node that ends may do so before its answer has left.
  if (trouble != nullptr && trouble->kind != Trouble::Kind::broken) return complain(*trouble);
  if (answer && !*answer) return complain(answer->error());
  const bool waits = is("shutdown") ? !flag("no_wait") : !pid_file.empty();
  if (!waits || !process_) return manage::kOk;
  return await_end(*process_);
}

int Command::await_end(std::int64_t process) {
  const bool tells = is("shutdown") && !invocation_.common.quiet && invocation_.common.format != Format::json;
  if (tells) around_.out(fmt::format("Waiting for PID {} to terminate\n", process));
  while (door_.lives(process)) {
    if (time_is_up()) return complain(Trouble{Trouble::Kind::timed_out, {}});
    door_.pause_ms(kLookAgain_ms);
  }
  if (tells)
    around_.out(fmt::format("RabbitMQ node {} running at PID {} successfully shut down\n", door_.name(), process));
  return manage::kOk;
}

int Command::await_startup() {
  for (;;) {
    auto answer = door_.ask({"status", {}}, timeout_ms());
    if (!answer) return complain(answer.error());
    if (!*answer) return complain(answer->error());
    const Map* facts = (*answer)->get<Map>();
    if (facts != nullptr && manage::flag_of(*facts, "app_running")) return manage::kOk;
    if (time_is_up()) return complain(Trouble{Trouble::Kind::timed_out, {}});
    door_.pause_ms(kLookAgain_ms);
  }
}

int Command::await_online_nodes() {
  const std::string_view text = manage::text_of(invocation_.arguments, "count");
  std::size_t wanted = 0;
  std::from_chars(text.data(), text.data() + text.size(), wanted);
  for (;;) {
    auto answer = door_.ask({"cluster_status", {}}, timeout_ms());
    if (!answer && answer.error().kind != Trouble::Kind::timed_out) return complain(answer.error());
    // A node whose broker has not started refuses to tell; it may start.
    const Map* facts = answer && *answer ? (*answer)->get<Map>() : nullptr;
    if (facts != nullptr && manage::list_of(*facts, "running_nodes").size() >= wanted) return manage::kOk;
    if (time_is_up())
      return complain(
          fmt::format("Error: timed out while waiting. Not enough nodes joined {}'s cluster.", door_.name()),
          manage::kSoftware);
    door_.pause_ms(kLookAgain_ms);
  }
}

}  // namespace warren::ctl
