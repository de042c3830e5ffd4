// From the text of a pattern to its program.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/pattern/program.hpp"

namespace warren {

class PatternReader {
 public:
  // Requires: an empty program.
  PatternReader(std::string_view text, PatternProgram& program) : rest_(text), program_(program) {}

  // Fills the program. Returns what is wrong with the text; empty when nothing is.
  std::string read();

 private:
  using Kind = PatternStep::Kind;
  struct Bounds {
    std::size_t least = 0;
    std::optional<std::size_t> most;
  };

  // Each takes its part of the text and appends its steps. False: complaint_ says why not.
  bool alternatives();
  bool sequence();
  bool piece();
  bool atom();
  bool group();
  bool special_group(bool& goes_on);
  bool body();
  bool look(Kind kind, bool negative);
  bool escape();
  bool quotation();
  bool set();
  bool set_item(ByteSet& bytes);
  bool repeat(std::size_t first, const Bounds& bounds);

  // The byte that an escape stands for; `c` is what follows the backslash. Inside and outside of sets alike.
  std::optional<unsigned char> escaped_byte(char c);
  std::optional<Bounds> quantifier();
  std::optional<Bounds> counted();
  void add(Kind kind, bool negative = false) { program_.steps.push_back({kind, negative, 0, 0}); }
  void add_set(ByteSet bytes);
  void add_byte(char c) { add_set(ByteSet().set(static_cast<unsigned char>(c))); }
  std::size_t size() const { return program_.steps.size(); }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  // Requires: something is left.
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  bool fail(std::string_view why) {
    complaint_ = why;
    return false;
  }

  std::string_view rest_;
  PatternProgram& program_;
  std::string complaint_;
  int depth_ = 0;
  bool any_case_ = false;
  bool dot_is_all_ = false;
};

}  // namespace warren
