// Records of numbered fields (see base/numbered_fields) with tables among their fields.
#pragma once

#include <utility>

#include "amqp/table.hpp"
#include "base/numbered_fields.hpp"

namespace warren::broker {

class NumberedWriter : public warren::NumberedWriter {
 public:
  using warren::NumberedWriter::NumberedWriter;

  // A table begins with its own length, which is that of the field.
  void table(FieldNumber field, const amqp::Table& value) {
    if (value.empty()) return;
    char* to = extend(sizeof field + amqp::encoded_size(value));
    store_big(to, field);
    amqp::write_table(value, to + sizeof field);
  }
};

class NumberedReader : public warren::NumberedReader {
 public:
  using warren::NumberedReader::NumberedReader;

  void table(FieldNumber field, amqp::Table& value) {
    if (!reach(field)) return;
    Result<amqp::Table, amqp::DecodeError> table = amqp::decode_table(bytes());
    if (!table) return fail();
    value = std::move(*table);
    advance_past(field);
  }
};

}  // namespace warren::broker
