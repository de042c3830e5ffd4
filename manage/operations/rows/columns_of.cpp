#include "manage/operations/rows/columns_of.hpp"

#include <fmt/core.h>

#include <cmath>
#include <type_traits>

namespace warren::manage {
namespace {

Value value_of(const amqp::Value& value);

struct ToJson {
  Value operator()(amqp::Void) const { return {}; }
  Value operator()(const amqp::Decimal& decimal) const { return decimal.value / std::pow(10.0, decimal.scale); }
  Value operator()(const amqp::LongStr& text) const { return text.bytes; }
  Value operator()(const amqp::ByteArray& bytes) const { return bytes.bytes; }
  Value operator()(amqp::Timestamp time) const { return time.seconds; }
  Value operator()(const amqp::Table& table) const { return manage::value_of(table); }
  Value operator()(const amqp::Array& array) const {
    List list;
    for (const amqp::Value& element : array) list.push_back(value_of(element));
    return list;
  }
  Value operator()(float number) const { return static_cast<double>(number); }
  template <class Number>
  requires std::is_arithmetic_v<Number> Value operator()(Number number) const { return number; }
};

Value value_of(const amqp::Value& value) { return std::visit(ToJson{}, value.held); }

}  // namespace

Value value_of(const amqp::Table& table) {
  Map map;
  for (const auto& [name, value] : table.entries) map.set(name, value_of(value));
  return map;
}

std::string token(std::string_view node, std::uint64_t a, std::uint64_t b) {
  return fmt::format("<{}.{}.{}.0>", node, a, b);
}

std::string_view node_name(const broker::Catalog& catalog, NodeId node) {
  const broker::NodeDefinition* found = catalog.node(node);
  return found == nullptr ? std::string_view("(unknown)") : std::string_view(found->name);
}

std::string_view vhost_name(const broker::Catalog& catalog, VhostId vhost) {
  const broker::VhostDefinition* found = catalog.vhost(vhost);
  return found == nullptr ? std::string_view() : std::string_view(found->name);
}

}  // namespace warren::manage
