// Values as JSON text (RFC 8259), and back.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "manage/operations/words/value.hpp"

namespace warren::manage {

// Deeper nesting is refused: arguments and definitions are flat things.
inline constexpr int kJsonDepthMax = 64;

// Appends the value on one line. Bytes that are not UTF-8 become U+FFFD: a name may be anything, JSON must not.
void write_json(const Value& value, std::string& out);
std::string json(const Value& value);

// Reads one value with nothing but blanks around it. Integers that need more than 64 bits become numbers; of equal
// names the last counts. The error is a sentence.
Result<Value, std::string> read_json(std::string_view text);

}  // namespace warren::manage
