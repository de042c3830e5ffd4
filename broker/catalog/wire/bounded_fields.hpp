// Numbered fields whose lengths and numbers have bounds that a reader keeps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "broker/catalog/stored/definition_records.hpp"
#include "broker/catalog/stored/numbered_fields.hpp"

namespace warren::broker {

class BoundedWriter : public NumberedWriter {
 public:
  using NumberedWriter::NumberedWriter;

  void name(FieldNumber field, std::string_view value, std::size_t /*bytes_max*/ = 0) { text(field, value); }
  void names(FieldNumber field, const std::vector<std::string>& values, std::size_t /*count_max*/) {
    texts(field, values);
  }
  // One more than the limit; none is zero.
  void limit(FieldNumber field, const std::optional<std::uint32_t>& value) {
    number(field, value ? std::uint64_t{*value} + 1 : std::uint64_t{0});
  }
  template <class Definition>
  void definition(FieldNumber field, const Definition& value) {
    text(field, encode(value));
  }
};

class BoundedReader : public NumberedReader {
 public:
  using NumberedReader::NumberedReader;

  // A short string, or one with a bound of its own.
  void name(FieldNumber field, std::string& value, std::size_t bytes_max = limits::kShortStringBytesMax) {
    if (!reach(field)) return;
    if (bytes().size() > bytes_max) return fail();
    text(field, value);
  }
  // Short strings.
  void names(FieldNumber field, std::vector<std::string>& values, std::size_t count_max) {
    for (; reach(field); advance()) {
      if (values.size() >= count_max || bytes().size() > limits::kShortStringBytesMax) return fail();
      values.emplace_back(bytes());
    }
  }
  void limit(FieldNumber field, std::optional<std::uint32_t>& value) {
    std::uint64_t and_one = 0;
    number(field, and_one);
    if (and_one > std::uint64_t{1} << 32) return fail();
    if (and_one != 0) value = static_cast<std::uint32_t>(and_one - 1);
  }
  // A definition as it is stored.
  template <class Definition>
  void definition(FieldNumber field, Definition& value) {
    if (!reach(field)) return;
    if (!decode(bytes(), value)) return fail();
    advance_past(field);
  }
};

}  // namespace warren::broker
