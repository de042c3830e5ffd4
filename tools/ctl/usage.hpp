// The help, made of the list of operations.
#pragma once

#include <string>
#include <string_view>

#include "manage/operations/words/operation.hpp"

namespace warren::ctl {

// "warrenctl [--node <node>] [--quiet] add_vhost <name>"
std::string usage_line(std::string_view program, const manage::Operation& operation);

// All that can be said of one command, and of the tool.
std::string usage(std::string_view program, const manage::Operation& operation);
std::string usage(std::string_view program);

// One name per line.
std::string command_list();

// "Command 'lst_queues' not found." and what was probably meant, or the whole help.
std::string unknown_command(std::string_view program, std::string_view command);

}  // namespace warren::ctl
