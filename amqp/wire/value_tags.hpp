// The wire tag and the internal name of each alternative of Value, in the order of the variant (amqp.md 1.9).
#pragma once

#include <cstddef>
#include <string_view>
#include <variant>

#include "amqp/table.hpp"

namespace warren::amqp {

struct ValueKind {
  char tag;
  std::string_view name;
};

inline constexpr ValueKind kValueKinds[] = {
    {'V', "void"},          {'t', "bool"},      {'b', "byte"},        {'B', "unsignedbyte"}, {'s', "short"},
    {'u', "unsignedshort"}, {'I', "signedint"}, {'i', "unsignedint"}, {'l', "long"},         {'f', "float"},
    {'d', "double"},        {'D', "decimal"},   {'S', "longstr"},     {'x', "binary"},       {'T', "timestamp"},
    {'A', "array"},         {'F', "table"},
};
static_assert(std::size(kValueKinds) == std::variant_size_v<Value::Held>);

// Decoded like 'l', never written.
inline constexpr char kOtherLongTag = 'L';

}  // namespace warren::amqp
