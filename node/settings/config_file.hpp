// The configuration file: 'key = value' lines as in rabbitmq.conf, comments after '#'.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "node/settings/settings.hpp"

namespace warren::node {

// Sets what the text says. The error names the file, the line and what is wrong with it.
Result<Done, std::string> apply_config(std::string_view text, std::string_view file_name, Settings& settings);

}  // namespace warren::node
