// Values as they stand in the cells of a table (management.md 3.2).
#pragma once

#include <string>
#include <string_view>

#include "manage/operations/words/value.hpp"

namespace warren::ctl {

// Nothing is empty, tags are [a, b], tables [{"k","v"}]. Blanks that would break the table are written as escapes.
std::string cell(const manage::Value& value);

// Characters, as far as they can be told: code points.
std::size_t width(std::string_view text);

}  // namespace warren::ctl
