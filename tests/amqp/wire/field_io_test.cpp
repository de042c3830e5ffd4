#include "amqp/wire/field_io.hpp"

#include <doctest/doctest.h>

#include <string>

#include "base/fields.hpp"
#include "tests/amqp/octets.hpp"

namespace warren::field_io_test {

using namespace warren::amqp;

namespace {

// More bits than an octet has, and bits after another field.
struct ManyBits {
  bool bits[10] = {};
  std::uint8_t between = 0;
  bool after = false;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    for (auto& bit : self.bits) visit.bit("bit", bit);
    visit.octet("between", self.between);
    visit.bit("after", self.after);
  }
};

}  // namespace

TEST_CASE("The ninth bit begins a new octet, and so does a bit after another field") {
  ManyBits object;
  object.bits[0] = object.bits[7] = object.bits[9] = true;
  object.between = 5;
  object.after = true;
  FieldSizer sizer;
  warren::visit_fields(object, sizer);
  CHECK(sizer.size() == 4);
  std::string out(sizer.size(), '\0');
  FieldWriter writer(out.data());
  warren::visit_fields(object, writer);
  CHECK(writer.end() == out.data() + out.size());
  CHECK(out == octets({0x81, 0x02, 5, 1}));
  ManyBits back;
  FieldReader reader(out);
  warren::visit_fields(back, reader);
  CHECK(reader.finish() == DecodeStatus::ok);
  CHECK((back.bits[0] && back.bits[7] && !back.bits[8] && back.bits[9] && back.after));
}

TEST_CASE("After a failure nothing more is read") {
  const std::string bytes = octets({9, 'x', 1, 2, 3});
  FieldReader reader(bytes);
  std::string_view text = "kept";
  std::uint16_t number = 77;
  reader.shortstr("text", text);
  reader.u16("number", number);
  CHECK(text == "kept");
  CHECK(number == 77);
  CHECK(reader.finish() == DecodeStatus::malformed);
}

}  // namespace warren::field_io_test
