// The options that every command takes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "manage/operations/words/operation.hpp"
#include "tools/ctl/invocation.hpp"

namespace warren::ctl {

// A word of the command line as an option: "--name", "--name=value", "-x", "-x=value".
struct OptionWord {
  std::string name;   // with '_' for '-', without the dashes in front
  std::string value;  // behind '='
  bool has_value = false;
  bool is_letter = false;

  bool is(const manage::Option& option) const {
    return is_letter ? option.letter != 0 && name.size() == 1 && name[0] == option.letter : name == option.name;
  }
};

// Nothing for words that are no options ("-" and "--" are none).
std::optional<OptionWord> as_option(std::string_view word);

const std::vector<manage::Option>& common_options();

// Sets what a common option says. The sentence says what is wrong with its value.
std::optional<std::string> set_common(const manage::Option& option, const std::string& value, Common& common);

}  // namespace warren::ctl
