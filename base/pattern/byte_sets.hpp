// Sets of bytes that patterns have names for.
#pragma once

#include <optional>
#include <string_view>

#include "base/pattern/program.hpp"

namespace warren {

// \d \D \w \W \s \S \h \H, by their letter; none for others.
std::optional<ByteSet> set_of_escape(char letter);

// "alpha", "^digit"; none for an unknown name.
std::optional<ByteSet> posix_set(std::string_view name);

// The byte that a backslash and this character stand for; none for letters and digits that mean nothing of the kind.
std::optional<unsigned char> control_of_escape(char c);

// With the capital of each small letter, and the other way round.
ByteSet with_both_cases(const ByteSet& bytes);

}  // namespace warren
