// Methods as logs and transcripts show them.
#include <fmt/core.h>

#include "amqp/codec.hpp"
#include "amqp/wire/utf8.hpp"

namespace warren::amqp {

namespace {

// Longer strings are cut: nobody reads them, and they come from outside.
constexpr std::size_t kShownBytesMax = 1024;

std::string quoted(std::string_view bytes) {
  const std::string_view shown = bytes.substr(0, kShownBytesMax);
  const bool readable = is_utf8(shown);
  std::string text = "'";
  for (char byte : shown) {
    const std::uint8_t octet = static_cast<std::uint8_t>(byte);
    if (byte == '\'' || byte == '\\')
      (text += '\\') += byte;
    else if (octet < ' ' || octet == 0x7F || (octet > 0x7F && !readable))
      text += fmt::format("\\x{:02x}", octet);
    else
      text += byte;
  }
  return text + (shown.size() < bytes.size() ? "'..." : "'");
}

// Keeps quiet about fields that mean nothing.
struct Silent {
  void octet(const char*, std::uint8_t) {}
  void u16(const char*, std::uint16_t) {}
  void u32(const char*, std::uint32_t) {}
  void u64(const char*, std::uint64_t) {}
  void shortstr(const char*, std::string_view) {}
  void longstr(const char*, std::string_view) {}
  void bit(const char*, bool) {}
};

class MethodPrinter {
 public:
  explicit MethodPrinter(std::string_view name) : text_(name) {}

  Silent& reserved() { return silent_; }

  void octet(const char* label, std::uint8_t field) { show(label, fmt::format("{}", field)); }
  void u16(const char* label, std::uint16_t field) { show(label, fmt::format("{}", field)); }
  void u32(const char* label, std::uint32_t field) { show(label, fmt::format("{}", field)); }
  void u64(const char* label, std::uint64_t field) { show(label, fmt::format("{}", field)); }
  void shortstr(const char* label, std::string_view field) { show(label, quoted(field)); }
  void name(const char* label, std::string_view field) { show(label, quoted(field)); }
  void longstr(const char* label, std::string_view field) { show(label, quoted(field)); }
  void secret(const char* label, std::string_view) { show(label, "(hidden)"); }
  void bit(const char* label, bool field) { show(label, field ? "1" : "0"); }
  void table(const char* label, const Table& field) { show(label, print(field)); }

  std::string take() { return std::move(text_); }

 private:
  void show(const char* label, std::string_view value) { text_ += fmt::format(" {}={}", label, value); }

  std::string text_;
  Silent silent_;
};

}  // namespace

std::string print(const Method& method) {
  return std::visit(
      [](const auto& held) {
        MethodPrinter printer(held.name);
        visit_fields(held, printer);
        return printer.take();
      },
      method);
}

}  // namespace warren::amqp
