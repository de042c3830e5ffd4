// Commands that go on after the node has answered: those that wait for it to end, to start, or for others.
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "tools/ctl/command.hpp"

namespace warren::ctl {
namespace {

using manage::Map;
using manage::Request;

constexpr std::int64_t kLookAgain_ms = 200;
// A node that does not answer for so long may have ended.
constexpr std::int64_t kOneAnswer_ms = 1000;

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
  const bool tells = is("shutdown");
  if (tells) tell(fmt::format("Waiting for PID {} to terminate", process));
  while (door_.lives(process)) {
    if (time_is_up()) return give_up();
    door_.pause_ms(kLookAgain_ms);
  }
  if (tells) tell(fmt::format("RabbitMQ node {} running at PID {} successfully shut down", door_.name(), process));
  return manage::kOk;
}

int Command::await_startup() {
  for (;;) {
    auto answer = door_.ask({"status", {}}, left_ms());
    if (!answer) return complain(answer.error());
    if (!*answer) return complain(answer->error());
    const Map* facts = (*answer)->get<Map>();
    if (facts != nullptr && manage::flag_of(*facts, "app_running")) return manage::kOk;
    if (time_is_up()) return give_up();
    door_.pause_ms(kLookAgain_ms);
  }
}

int Command::wait_for_process() {
  const std::string pid_file(manage::text_of(invocation_.arguments, "pid_file"));
  if (!pid_file.empty()) {
    tell(fmt::format("Waiting for pid file '{}' to appear", pid_file));
    if (const std::optional<int> code = await_pid(pid_file)) return *code;
    tell(fmt::format("pid is {}", *process_));
  } else {
    const std::string_view pid = manage::text_of(invocation_.arguments, "pid");
    std::int64_t process = 0;
    std::from_chars(pid.data(), pid.data() + pid.size(), process);
    process_ = process;
  }
  return await_broker_of(*process_);
}

// An exit code: in vain.
std::optional<int> Command::await_pid(const std::string& pid_file) {
  while (!(process_ = door_.pid_in(pid_file))) {
    if (time_is_up()) return give_up();
    door_.pause_ms(kLookAgain_ms);
  }
  return std::nullopt;
}

int Command::await_broker_of(std::int64_t process) {
  tell(fmt::format("Waiting for node '{}' to answer while OS process '{}' is running", door_.name(), process));
  for (bool answered = false;;) {
    if (!door_.lives(process)) return complain("Error: process is not running.", manage::kSoftware);
    const std::int64_t left = left_ms();
    auto answer = door_.ask({"status", {}}, left < 0 ? kOneAnswer_ms : std::min(left, kOneAnswer_ms));
    const Map* facts = answer && *answer ? (*answer)->get<Map>() : nullptr;
    if (facts != nullptr && !std::exchange(answered, true))
      tell(fmt::format("Waiting for applications 'rabbit_and_plugins' to start on node '{}'", door_.name()));
    if (facts != nullptr && manage::flag_of(*facts, "app_running")) break;
    if (time_is_up()) return give_up();
    door_.pause_ms(kLookAgain_ms);
  }
  tell(fmt::format("Applications 'rabbit_and_plugins' are running on node '{}'", door_.name()));
  return manage::kOk;
}

int Command::await_online_nodes() {
  const std::string_view text = manage::text_of(invocation_.arguments, "count");
  std::size_t wanted = 0;
  std::from_chars(text.data(), text.data() + text.size(), wanted);
  for (;;) {
    auto answer = door_.ask({"cluster_status", {}}, left_ms());
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

int Command::await_synchronised_mirrors() {
  for (;;) {
    auto answer = door_.ask({"check_if_node_is_mirror_sync_critical", {}}, left_ms());
    if (!answer) return complain(answer.error());
    if (*answer) return manage::kOk;
    if (answer->error().kind != "mirror_sync_critical") return complain(answer->error());
    if (time_is_up())
      return complain(
          "Error:\ntime is up, no synchronised mirror came online for at least some classic mirrored queues",
          manage::kUnavailable);
    door_.pause_ms(kLookAgain_ms);
  }
}

// Asks for it, and looks on until all mirrors have everything or the cluster has given it up.
int Command::sync_queue() {
  auto begun = door_.ask({"sync_queue", invocation_.arguments}, left_ms());
  if (!begun) return complain(begun.error());
  if (!*begun) return complain(begun->error());
  Map queue;
  for (const char* name : {"queue", "vhost"})
    if (const manage::Value* value = invocation_.arguments.find(name)) queue.add(name, *value);
  while (!flag("no_wait")) {
    auto answer = door_.ask({"sync_state", queue}, left_ms());
    if (!answer) return complain(answer.error());
    if (!*answer) return complain(answer->error());
    const auto* rows = (*answer)->get<manage::List>();
    const Map* row = rows == nullptr || rows->empty() ? nullptr : rows->front().get<Map>();
    const manage::Value* mirrors = row == nullptr ? nullptr : row->find("mirrors");
    const manage::Value* synchronised = row == nullptr ? nullptr : row->find("synchronised");
    if (mirrors == nullptr || synchronised == nullptr || *mirrors == *synchronised) break;
    if (!manage::flag_of(*row, "syncing"))
      return complain("Error:\nthe synchronisation was cancelled", manage::kUnavailable);
    if (time_is_up()) return give_up();
    door_.pause_ms(kLookAgain_ms);
  }
  print({});
  return manage::kOk;
}

}  // namespace warren::ctl
