// Lists of rows as text. A row is a map; the first one names the columns.
#pragma once

#include <string>

#include "manage/operations/words/value.hpp"
#include "tools/ctl/invocation.hpp"

namespace warren::ctl {

// Ends with a line's end unless it is empty. Without rows there is no header.
std::string print_rows(const manage::List& rows, Format format, bool headers);

}  // namespace warren::ctl
