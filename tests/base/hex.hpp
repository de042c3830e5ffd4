// Bytes as tests that keep formats write them down.
#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>

namespace warren {

inline std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

}  // namespace warren
