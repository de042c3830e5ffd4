// What was printed, as one text.
#pragma once

#include <string>
#include <string_view>

#include "tools/logdump/words.hpp"

namespace warren::logdump::testing {

struct Lines {
  std::string text;
  Print print = [this](std::string_view line) { (text += line) += '\n'; };
};

inline broker::MessageRef hello(std::string_view body = "hello") {
  return broker::make_message("ex", "a.key", std::string_view("\0\0", 2), body, {.priority = 2, .persistent = true});
}

}  // namespace warren::logdump::testing
