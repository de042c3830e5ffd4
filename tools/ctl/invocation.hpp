// What a command line asks for.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "manage/operations/words/operation.hpp"

namespace warren::ctl {

enum class Format : std::uint8_t { table, pretty_table, json, csv };

// What every command takes (management.md 3.1).
struct Common {
  std::string node;  // empty: not named
  std::string url;   // empty: the node is on this machine
  std::optional<double> timeout_s;
  Format format = Format::table;
  bool quiet = false;  // no banner
  bool headers = true;
};

struct Invocation {
  const manage::Operation* operation = nullptr;
  manage::Map arguments;
  Common common;
};

// Why a command line is not understood; the text is all that standard error gets.
struct Misuse {
  std::string text;
  int code = manage::kUsage;
};

// Gives the line of standard input that holds a password; nothing: there is none.
using PasswordReader = std::function<std::optional<std::string>()>;

// The command among the words: the first that is neither an option nor an option's value; empty: none.
std::string_view command_of(const std::vector<std::string>& words);

// Reads the words after the program's name. Options stand anywhere; "--" ends them. Requires: command_of(words) is the
// operation's name.
Result<Invocation, Misuse> read_invocation(std::string_view program, const manage::Operation& operation,
                                           const std::vector<std::string>& words, const PasswordReader& read_password);

}  // namespace warren::ctl
