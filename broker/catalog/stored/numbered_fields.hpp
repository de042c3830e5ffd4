// Records of numbered fields (see base/numbered_fields) with tables and lists of nodes among their fields.
#pragma once

#include <utility>
#include <vector>

#include "amqp/table.hpp"
#include "base/ids.hpp"
#include "base/limits.hpp"
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

  // One number behind the other, each of four bytes.
  void nodes(FieldNumber field, const std::vector<NodeId>& values) {
    if (values.empty()) return;
    char* to = begin(field, values.size() * sizeof NodeId::value);
    for (const NodeId node : values) {
      store_big(to, node.value);
      to += sizeof node.value;
    }
  }

  // The same, each of eight bytes.
  void numbers(FieldNumber field, const std::vector<std::uint64_t>& values) {
    if (values.empty()) return;
    char* to = begin(field, values.size() * sizeof(std::uint64_t));
    for (const std::uint64_t value : values) {
      store_big(to, value);
      to += sizeof value;
    }
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

  // Fails for more than there can be, and for none among them.
  void nodes(FieldNumber field, std::vector<NodeId>& values) {
    constexpr std::size_t kBytes = sizeof NodeId::value;
    if (!reach(field)) return;
    std::string_view left = bytes();
    if (left.empty() || left.size() % kBytes != 0 || left.size() / kBytes > limits::kNodesMax) return fail();
    for (; !left.empty(); left.remove_prefix(kBytes)) {
      const NodeId node(load_big<std::uint32_t>(left.data()));
      if (!node) return fail();
      values.push_back(node);
    }
    advance_past(field);
  }

  // Fails for more than a log's history has.
  void numbers(FieldNumber field, std::vector<std::uint64_t>& values) {
    constexpr std::size_t kBytes = sizeof(std::uint64_t);
    if (!reach(field)) return;
    std::string_view left = bytes();
    if (left.empty() || left.size() % kBytes != 0 || left.size() / kBytes > kLogsKnownMax) return fail();
    for (; !left.empty(); left.remove_prefix(kBytes)) values.push_back(load_big<std::uint64_t>(left.data()));
    advance_past(field);
  }
};

}  // namespace warren::broker
