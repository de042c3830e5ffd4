// What can be asked of a node, written once: the command line tool makes its commands, help and columns of it, the desk
// checks requests against it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manage/operations/words/request.hpp"

namespace warren::manage {

// What a user needs who asks over a network. On the control socket whoever may open it may do everything.
enum class Right : std::uint8_t { none, management, monitoring, administrator };

// How the broker inside the process must be.
enum class App : std::uint8_t { any, running, stopped };

// What the answer is.
enum class Shape : std::uint8_t {
  nothing,         // null
  sentence,        // text
  verdict,         // a map, whose "message" is text for people
  rows,            // a list of maps, each with the columns asked for
  tables,          // a map of such lists, by what they are
  cluster_status,  // facts/cluster_facts
  status,          // facts/node_facts
};

enum class Presence : std::uint8_t { required, optional, rest };  // rest: a list of all that follow

struct Argument {
  std::string_view name;
  Presence presence = Presence::required;
};

struct Option {
  std::string_view name;        // in the request, and with '-' for '_' on the command line
  char letter = 0;              // zero: none
  std::string_view value = {};  // what it takes; empty: it is a flag
  std::string_view meaning = {};
};

struct Columns {
  std::vector<std::string_view> all;
  std::vector<std::string_view> usual;  // shown when none are named
};

struct Operation {
  std::string_view name;
  std::string_view meaning;
  std::vector<Argument> arguments = {};
  std::vector<Option> options = {};
  bool of_vhost = false;  // takes "vhost", "/" unless said
  Right right = Right::administrator;
  App app = App::running;
  Shape shape = Shape::nothing;
  std::string_view banner = {};  // {name} stands for that argument, {node} for the node's name
  int timeout_s = 0;             // zero: waits for ever
  const Columns* columns = nullptr;
};

// All, in the order of the help.
const std::vector<Operation>& operations();
const Operation* find_operation(std::string_view name);

// What is wrong with the request, if something is: names, kinds, presence, columns.
std::optional<Failure> mistake_in(const Operation& operation, const Map& arguments);

// The sentence that names columns which do not exist, or nothing.
std::optional<std::string> unknown_columns(const Columns& columns, const List& wanted);

// The same names are in every place that speaks of a node's kind.
inline constexpr std::string_view kBadNodeKind = "The node type must be either disc or ram.";

}  // namespace warren::manage
