// One JSON object, written field by field.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace warren::perf {

// Names are ours and need no escaping.
class JsonObject {
 public:
  JsonObject& add(std::string_view name, std::string_view text) {
    begin(name);
    text_ += '"';
    for (const char c : text) escape(c);
    text_ += '"';
    return *this;
  }
  JsonObject& add(std::string_view name, const char* text) { return add(name, std::string_view(text)); }
  JsonObject& add(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
  JsonObject& add(std::string_view name, std::uint64_t value) { return raw(name, fmt::format("{}", value)); }
  // With so many digits behind the point.
  JsonObject& add(std::string_view name, double value, int digits) {
    return raw(name, fmt::format("{:.{}f}", value, digits));
  }
  JsonObject& add(std::string_view name, const JsonObject& object) { return raw(name, object.text()); }

  std::string text() const { return text_ + "}"; }

 private:
  void begin(std::string_view name) {
    if (text_.size() > 1) text_ += ',';
    text_ += fmt::format("\"{}\":", name);
  }
  JsonObject& raw(std::string_view name, std::string_view value) {
    begin(name);
    text_ += value;
    return *this;
  }
  void escape(char c) {
    if (c == '"' || c == '\\')
      (text_ += '\\') += c;
    else if (static_cast<unsigned char>(c) < ' ')
      text_ += fmt::format("\\u{:04x}", c);
    else
      text_ += c;
  }

  std::string text_ = "{";
};

}  // namespace warren::perf
