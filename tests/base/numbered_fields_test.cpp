#include "base/numbered_fields.hpp"

#include <doctest/doctest.h>

namespace warren::numbered_fields_test {

namespace {

enum class Colour : std::uint8_t { none, red, green };

struct Leaf {
  std::uint32_t size = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.size);
  }
};

struct Tree {
  std::string name;
  Colour colour = Colour::none;
  Leaf first;
  std::vector<Leaf> leaves;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.text(1, self.name);
    visit.choice(2, self.colour, Colour::green);
    visit.record(3, self.first);
    visit.records(4, self.leaves, 2);
  }
};

std::string write(const Tree& tree) {
  std::string bytes;
  NumberedWriter writer(bytes);
  visit_fields(tree, writer);
  return bytes;
}

bool read(std::string_view bytes, Tree& tree) {
  NumberedReader reader(bytes);
  visit_fields(tree, reader);
  return reader.finish();
}

}  // namespace

TEST_CASE("records inside records are read back as they were written") {
  Tree back;
  CHECK(read(write({"oak", Colour::green, {0}, {{7}, {0}}}), back));
  CHECK(back.name == "oak");
  CHECK(back.colour == Colour::green);
  CHECK(back.leaves.size() == 2);
  CHECK(back.leaves.at(0).size == 7);
}

TEST_CASE("more records than allowed, unknown choices and cut records are refused") {
  Tree back;
  CHECK_FALSE(read(write({"", Colour::none, {}, {{1}, {2}, {3}}}), back));
  CHECK_FALSE(read(std::string_view("\2\0\0\0\1\3", 6), back));
  const std::string whole = write({"oak", Colour::red, {5}, {{7}}});
  int sound = 0;
  for (std::size_t size = 1; size < whole.size(); ++size) {
    Tree part;
    sound += read(whole.substr(0, size), part);
  }
  CHECK(sound == 3);  // only where it is cut between fields
}

}  // namespace warren::numbered_fields_test
