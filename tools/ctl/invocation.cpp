#include "tools/ctl/invocation.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "tools/ctl/common_options.hpp"
#include "tools/ctl/usage.hpp"

namespace warren::ctl {
namespace {

using manage::Argument;
using manage::Operation;
using manage::Option;
using manage::Presence;

constexpr Option kVhost{"vhost", 'p', "vhost", ""};

bool is_positive(std::string_view number) {
  constexpr std::size_t kDigitsMax = 9;
  return number.size() <= kDigitsMax && number.find_first_not_of("0123456789") == number.npos &&
         number.find_first_not_of('0') != number.npos;
}

// Walks over the words of one command line.
class Reading {
 public:
  Reading(std::string_view program, const Operation& operation, const std::vector<std::string>& words)
      : program_(program), words_(words) {
    invocation_.operation = &operation;
  }

  std::optional<Misuse> read_words() {
    bool options_end = false;
    for (at_ = 0; at_ < words_.size(); ++at_) {
      const std::string& word = words_[at_];
      const std::optional<OptionWord> option = options_end ? std::nullopt : as_option(word);
      if (option) {
        if (auto misuse = take(*option)) return misuse;
      } else if (!options_end && word == "--") {
        options_end = true;
      } else {
        positional_.push_back(word);
      }
    }
    positional_.erase(positional_.begin());  // the command itself
    return std::nullopt;
  }

  std::optional<Misuse> fill_arguments(const PasswordReader& read_password) {
    const std::vector<Argument>& arguments = invocation_.operation->arguments;
    std::size_t next = 0;
    for (const Argument& argument : arguments) {
      if (argument.presence == Presence::rest) {
        fill_rest(argument.name, next);
        next = positional_.size();
      } else if (next < positional_.size()) {
        invocation_.arguments.set(argument.name, positional_[next++]);
      } else if (argument.presence == Presence::required) {
        if (argument.name != "password") return invalid("not enough arguments.", manage::kUsage, true);
        const std::optional<std::string> password = read_password();
        if (!password) return invalid("not enough arguments: the password is missing", manage::kUsage, true);
        invocation_.arguments.set(argument.name, *password);
      }
    }
    if (next < positional_.size()) return invalid("too many arguments.", manage::kUsage, true);
    return check_values();
  }

  Invocation& invocation() { return invocation_; }

 private:
  // Columns may be written "name,messages" too.
  void fill_rest(std::string_view name, std::size_t next) {
    manage::List list;
    for (; next < positional_.size(); ++next) {
      std::string_view left = positional_[next];
      while (name == "columns" && left.find(',') != std::string_view::npos) {
        list.emplace_back(left.substr(0, left.find(',')));
        left.remove_prefix(left.find(',') + 1);
      }
      list.emplace_back(left);
    }
    if (!list.empty()) invocation_.arguments.set(name, std::move(list));
  }

  std::optional<Misuse> take(const OptionWord& word) {
    const auto is_meant = [&](const Option& option) { return word.is(option); };
    const Operation& operation = *invocation_.operation;
    const auto own = std::ranges::find_if(operation.options, is_meant);
    const auto common = std::ranges::find_if(common_options(), is_meant);
    const bool is_own = own != operation.options.end();
    if (word.is(kVhost) && !is_own) return take_vhost(word);
    if (!is_own && common == common_options().end())
      return invalid(fmt::format("Invalid options for this command: {}", words_[at_]), manage::kUsage, true);
    const Option& option = is_own ? *own : *common;
    std::string value;
    if (auto misuse = read_value(option, word, value)) return misuse;
    if (!is_own) {
      auto wrong = set_common(option, value, invocation_.common);
      return wrong ? std::optional(invalid(*wrong, manage::kUsage, false)) : std::nullopt;
    }
    invocation_.arguments.set(option.name, option.value.empty() ? manage::Value(true) : manage::Value(value));
    return std::nullopt;
  }

  // Commands without a virtual host have always let one be named.
  std::optional<Misuse> take_vhost(const OptionWord& word) {
    std::string value;
    if (auto misuse = read_value(kVhost, word, value)) return misuse;
    if (invocation_.operation->of_vhost) invocation_.arguments.set("vhost", value);
    return std::nullopt;
  }

  std::optional<Misuse> read_value(const Option& option, const OptionWord& word, std::string& value) {
    if (option.value.empty()) {
      if (word.has_value) return invalid(fmt::format("{} takes no value", words_[at_]), manage::kUsage, false);
      return std::nullopt;
    }
    if (!word.has_value && at_ + 1 == words_.size())
      return invalid(fmt::format("{} needs a value", words_[at_]), manage::kUsage, false);
    value = word.has_value ? word.value : words_[++at_];
    return std::nullopt;
  }

  std::optional<Misuse> check_values() {
    const manage::Map& arguments = invocation_.arguments;
    const std::string_view name = invocation_.operation->name;
    const std::string_view kind = manage::text_of(arguments, "kind");
    const bool bad_kind = name == "change_cluster_node_type" && kind != "disc" && kind != "disk" && kind != "ram";
    const bool both_kinds = manage::flag_of(arguments, "disc") && manage::flag_of(arguments, "ram");
    if (bad_kind || both_kinds)
      return invalid(fmt::format("Bad argument: {}", manage::kBadNodeKind), manage::kDataError, false);
    if (name == "await_online_nodes" && !is_positive(manage::text_of(arguments, "count")))
      return invalid("Bad argument: Argument must be a positive integer", manage::kDataError, false);
    if (name == "check_port_listener" && !is_positive(manage::text_of(arguments, "port")))
      return invalid("Bad argument: Argument must be a positive integer", manage::kDataError, false);
    if (name == "wait") {
      const bool by_file = arguments.find("pid_file") != nullptr;
      const manage::Value* pid = arguments.find("pid");
      if (by_file && pid != nullptr) return invalid("Cannot specify both pid and pidfile", manage::kUsage, true);
      if (!by_file && pid == nullptr) return invalid("No pid or pidfile specified", manage::kUsage, true);
      if (!by_file && !is_positive(manage::text_of(arguments, "pid")))
        return invalid("Bad argument: Argument must be a positive integer", manage::kDataError, false);
    }
    if (auto mistake = manage::mistake_in(*invocation_.operation, arguments))
      return invalid(mistake->sentence, mistake->code, false);
    return std::nullopt;
  }

  Misuse invalid(std::string_view why, int code, bool with_usage) const {
    std::string given;
    for (const std::string& word : words_) (given += given.empty() ? "" : " ") += word;
    std::string text = fmt::format("Error (argument validation): {}\nArguments given:\n\t{}\n", why, given);
    if (with_usage) text += fmt::format("\nUsage\n\n{}\n", usage_line(program_, *invocation_.operation));
    return {std::move(text), code};
  }

  std::string_view program_;
  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
  std::vector<std::string> positional_;
  Invocation invocation_;
};

}  // namespace

std::string_view command_of(const std::vector<std::string>& words) {
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (words[at] == "--") continue;
    const std::optional<OptionWord> word = as_option(words[at]);
    if (!word) return words[at];
    const auto takes_next = [&](const Option& option) {
      return word->is(option) && !option.value.empty() && !word->has_value;
    };
    if (takes_next(kVhost) || std::ranges::any_of(common_options(), takes_next)) ++at;
  }
  return {};
}

Result<Invocation, Misuse> read_invocation(std::string_view program, const Operation& operation,
                                           const std::vector<std::string>& words, const PasswordReader& read_password) {
  Reading reading(program, operation, words);
  if (auto misuse = reading.read_words()) return std::move(*misuse);
  if (auto misuse = reading.fill_arguments(read_password)) return std::move(*misuse);
  return std::move(reading.invocation());
}

}  // namespace warren::ctl
