// Values as error texts, logs and transcripts show them.
#include <fmt/core.h>

#include "amqp/table.hpp"
#include "amqp/wire/erlang_text.hpp"

namespace warren::amqp {

namespace {

// Text grows no further once it is that long: tables come from outside and may be large.
constexpr std::size_t kTextBytesMax = 4096;
constexpr std::string_view kCutMark = "...";

class ValuePrinter {
 public:
  void value(const Value& value) {
    std::visit([this](const auto& held) { show(held); }, value.held);
  }

  void show(Void) { add("undefined"); }
  void show(bool truth) { add(truth ? "true" : "false"); }
  template <class Number>
  requires std::is_integral_v<Number>
  void show(Number number) { add(fmt::format("{}", +number)); }
  void show(float number) { add(erlang_float(static_cast<double>(number))); }
  void show(double number) { add(erlang_float(number)); }
  void show(Decimal decimal) { add(fmt::format("{{{},{}}}", +decimal.scale, decimal.value)); }
  void show(const LongStr& text) { add(text.bytes); }
  void show(const ByteArray& array) { add(array.bytes); }
  void show(Timestamp timestamp) { add(fmt::format("{}", timestamp.seconds)); }
  void show(const Array& values) {
    add("[");
    for (std::size_t i = 0; i < values.size() && !full(); ++i) {
      if (i != 0) add(", ");
      value(values[i]);
    }
    add("]");
  }
  void show(const Table& table) {
    add("{");
    for (std::size_t i = 0; i < table.size() && !full(); ++i) {
      if (i != 0) add(", ");
      add(table.entries[i].first);
      add("=");
      value(table.entries[i].second);
    }
    add("}");
  }

  std::string take() { return std::move(text_); }

 private:
  bool full() const { return text_.size() >= kTextBytesMax; }

  void add(std::string_view part) {
    if (full()) return;
    text_ += part.substr(0, kTextBytesMax - text_.size());
    if (full()) text_ += kCutMark;
  }

  std::string text_;
};

}  // namespace

std::string print(const Value& value) {
  ValuePrinter printer;
  printer.value(value);
  return printer.take();
}

std::string print(const Table& table) {
  ValuePrinter printer;
  printer.show(table);
  return printer.take();
}

}  // namespace warren::amqp
