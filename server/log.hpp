// Lines for the operator.
#pragma once

#include <string_view>

namespace warren::server {

// Writes one line with the time to standard error. Any thread.
void log(std::string_view line);

}  // namespace warren::server
