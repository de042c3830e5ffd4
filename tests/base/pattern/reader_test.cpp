#include "base/pattern/reader.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace warren::reader_test {

namespace {

// A letter per step: b(yte), s(plit), j(ump), ^, $, f(ound).
std::string steps(std::string_view text) {
  PatternProgram program;
  if (!PatternReader(text, program).read().empty()) return "refused";
  std::string letters;
  for (const PatternStep& step : program.steps) letters += "bsj^$z|a<f"[static_cast<std::size_t>(step.kind)];
  return letters;
}

}  // namespace

TEST_CASE("a text becomes steps that can be copied") {
  CHECK(steps("ab") == "bbf");
  CHECK(steps("a|b") == "sbjbf");
  CHECK(steps("a*") == "sbjf");
  CHECK(steps("a+") == "bsbjf");
  CHECK(steps("(ab)?") == "sbbf");
  CHECK(steps("^a{2,3}$") == "^bbsb$f");
  CHECK(steps("(?=a)\\b") == "abf|f");
}

TEST_CASE("equal sets are kept once") {
  PatternProgram program;
  CHECK(PatternReader("aa[a](?i)aA", program).read().empty());
  CHECK(program.sets.size() == 2);
}

}  // namespace warren::reader_test
