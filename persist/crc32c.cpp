#include "persist/crc32c.hpp"

#include <array>
#include <cstddef>
#include <cstring>

namespace warren::persist {
namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78;  // bits reversed

using Row = std::array<std::uint32_t, 256>;

constexpr std::uint32_t after_zero_bit(std::uint32_t state) {
  return (state >> 1) ^ ((state & 1) != 0 ? kPolynomial : 0);
}

// Row k takes a byte that k more bytes follow.
constexpr std::array<Row, 8> make_slices() {
  std::array<Row, 8> slices{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t state = byte;
    for (int bit = 0; bit < 8; ++bit) state = after_zero_bit(state);
    slices[0][byte] = state;
  }
  for (std::size_t k = 1; k < 8; ++k)
    for (std::uint32_t byte = 0; byte < 256; ++byte)
      slices[k][byte] = (slices[k - 1][byte] >> 8) ^ slices[0][slices[k - 1][byte] & 0xff];
  return slices;
}

constexpr std::array<Row, 8> kSlices = make_slices();

std::uint64_t load_little(const char* from) {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

std::uint32_t take_byte(std::uint32_t state, char byte) {
  return (state >> 8) ^ kSlices[0][(state ^ static_cast<unsigned char>(byte)) & 0xff];
}

#if defined(__x86_64__)

// The instruction takes three cycles but one can begin each cycle: three stretches are summed side by side. A sum is
// moved behind the next stretch by passing it over as many zeros, which is linear, so four rows do it.
constexpr std::size_t kLongStretchBytes = 4096;
constexpr std::size_t kShortStretchBytes = 256;

using Shift = std::array<Row, 4>;

// Requires: a power of two.
constexpr Shift make_shift(std::size_t zero_bytes) {
  std::array<std::uint32_t, 32> image{};  // of every bit of the state
  for (std::size_t bit = 0; bit < 32; ++bit) image[bit] = after_zero_bit(1u << bit);
  const auto apply = [](const std::array<std::uint32_t, 32>& to, std::uint32_t state) {
    std::uint32_t result = 0;
    for (std::size_t bit = 0; state != 0; ++bit, state >>= 1)
      if ((state & 1) != 0) result ^= to[bit];
    return result;
  };
  for (std::size_t bits = 1; bits < zero_bytes * 8; bits *= 2) {
    std::array<std::uint32_t, 32> twice{};
    for (std::size_t bit = 0; bit < 32; ++bit) twice[bit] = apply(image, image[bit]);
    image = twice;
  }
  Shift shift{};
  for (std::size_t place = 0; place < 4; ++place)
    for (std::uint32_t byte = 0; byte < 256; ++byte) shift[place][byte] = apply(image, byte << (8 * place));
  return shift;
}

constexpr Shift kLongShift = make_shift(kLongStretchBytes);
constexpr Shift kShortShift = make_shift(kShortStretchBytes);

std::uint32_t shifted(const Shift& shift, std::uint32_t state) {
  return shift[0][state & 0xff] ^ shift[1][(state >> 8) & 0xff] ^ shift[2][(state >> 16) & 0xff] ^
         shift[3][state >> 24];
}

// Takes as many triples of stretches as there are.
template <std::size_t kStretch>
__attribute__((target("sse4.2"))) std::uint32_t take_triples(std::uint32_t state, std::string_view& bytes,
                                                             const Shift& shift) {
  while (bytes.size() >= 3 * kStretch) {
    std::uint64_t first = state;
    std::uint64_t second = 0;
    std::uint64_t third = 0;
    const char* at = bytes.data();
    for (const char* end = at + kStretch; at != end; at += 8) {
      first = __builtin_ia32_crc32di(first, load_little(at));
      second = __builtin_ia32_crc32di(second, load_little(at + kStretch));
      third = __builtin_ia32_crc32di(third, load_little(at + 2 * kStretch));
    }
    const std::uint32_t two = shifted(shift, static_cast<std::uint32_t>(first)) ^ static_cast<std::uint32_t>(second);
    state = shifted(shift, two) ^ static_cast<std::uint32_t>(third);
    bytes.remove_prefix(3 * kStretch);
  }
  return state;
}

#endif

}  // namespace

std::uint32_t crc32c_by_table(std::uint32_t seed, std::string_view bytes) {
  std::uint32_t state = ~seed;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    const std::uint64_t word = load_little(bytes.data()) ^ state;
    state = 0;
    for (std::size_t k = 0; k < 8; ++k) state ^= kSlices[7 - k][(word >> (8 * k)) & 0xff];
  }
  for (const char byte : bytes) state = take_byte(state, byte);
  return ~state;
}

#if defined(__x86_64__)

bool has_crc32c_instruction() {
  static const bool has = __builtin_cpu_supports("sse4.2") != 0;
  return has;
}

__attribute__((target("sse4.2"))) std::uint32_t crc32c_by_instruction(std::uint32_t seed, std::string_view bytes) {
  std::uint32_t state = ~seed;
  state = take_triples<kLongStretchBytes>(state, bytes, kLongShift);
  state = take_triples<kShortStretchBytes>(state, bytes, kShortShift);
  std::uint64_t wide = state;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) wide = __builtin_ia32_crc32di(wide, load_little(bytes.data()));
  state = static_cast<std::uint32_t>(wide);
  for (const char byte : bytes) state = __builtin_ia32_crc32qi(state, static_cast<unsigned char>(byte));
  return ~state;
}

#else

bool has_crc32c_instruction() { return false; }

std::uint32_t crc32c_by_instruction(std::uint32_t seed, std::string_view bytes) { return crc32c_by_table(seed, bytes); }

#endif

std::uint32_t crc32c(std::uint32_t seed, std::string_view bytes) {
  return has_crc32c_instruction() ? crc32c_by_instruction(seed, bytes) : crc32c_by_table(seed, bytes);
}

}  // namespace warren::persist
