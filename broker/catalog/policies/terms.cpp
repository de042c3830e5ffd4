#include "broker/catalog/policies/terms.hpp"

namespace warren::broker {

std::string text_term(std::string_view text) {
  std::string term = "<<\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') term += '\\';
    term += c;
  }
  return term += "\">>";
}

std::string term_of(const amqp::Value& value) {
  if (const std::string* text = value.text()) return text_term(*text);
  if (const bool* flag = value.get<bool>()) return *flag ? "true" : "false";
  if (value.get<amqp::Void>() != nullptr) return "null";
  if (const auto* table = value.get<amqp::Table>()) return term_of(*table);
  const auto* array = value.get<amqp::Array>();
  if (array == nullptr) return amqp::print(value);
  std::string term = "[";
  for (const amqp::Value& element : *array) {
    if (term.size() > 1) term += ',';
    term += term_of(element);
  }
  return term += ']';
}

std::string term_of(const amqp::Table& table) {
  std::string term = "[";
  for (const auto& [key, value] : table.entries) {
    if (term.size() > 1) term += ',';
    term += '{' + text_term(key) + ',' + term_of(value) + '}';
  }
  return term += ']';
}

std::string term_of(const amqp::Value* value) { return value == nullptr ? "none" : term_of(*value); }

}  // namespace warren::broker
