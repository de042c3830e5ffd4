// One command on one node: the banner, the question, the answer in the format asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tools/ctl/invocation.hpp"
#include "tools/ctl/run.hpp"

namespace warren::ctl {

class Command {
 public:
  Command(const Invocation& invocation, NodeDoor& door, const Surroundings& around);

  // Returns the exit code.
  int run();

 private:
  int ask_and_print();
  int stop();
  int await_startup();
  int wait_for_process();
  std::optional<int> await_pid(const std::string& pid_file);
  int await_broker_of(std::int64_t process);
  int await_online_nodes();
  int await_synchronised_mirrors();
  int sync_queue();
  int await_end(std::int64_t process);

  void print_banner();
  // A line about how far it is, unless quiet is wanted.
  void tell(std::string_view line);
  void print(const manage::Value& value);
  void print_tables(const manage::Value& value);
  void print_plain(const manage::Value& value);
  int complain(const manage::Failure& failure);
  int complain(const Trouble& trouble);
  int complain(std::string_view line, int code);
  int give_up() { return complain(Trouble{Trouble::Kind::timed_out, {}}); }

  bool is(std::string_view name) const { return invocation_.operation->name == name; }
  bool flag(std::string_view name) const { return manage::flag_of(invocation_.arguments, name); }
  // Of the whole command; negative: none.
  std::int64_t timeout_ms() const;
  std::int64_t left_ms() const;  // negative: for ever
  bool time_is_up() const { return timeout_ms() >= 0 && door_.now_ms() - began_ms_ >= timeout_ms(); }

  const Invocation& invocation_;
  NodeDoor& door_;
  const Surroundings& around_;
  std::int64_t began_ms_;
  std::optional<std::int64_t> process_;  // of the node, where it is needed
};

}  // namespace warren::ctl
