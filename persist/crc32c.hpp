// CRC-32C (Castagnoli), the checksum of everything we keep on disk.
#pragma once

#include <cstdint>
#include <string_view>

namespace warren::persist {

// The checksum of what gave `seed`, followed by `bytes`; zero begins a plain one. Another seed gives checksums that
// cannot be told without knowing it. Runs at the speed of memory where the processor helps.
std::uint32_t crc32c(std::uint32_t seed, std::string_view bytes);

// The two ways to the same number. The fast one requires has_crc32c_instruction().
std::uint32_t crc32c_by_table(std::uint32_t seed, std::string_view bytes);
std::uint32_t crc32c_by_instruction(std::uint32_t seed, std::string_view bytes);
bool has_crc32c_instruction();

}  // namespace warren::persist
