// Every method of the variant, filled with values of all sorts, goes to bytes and back.
#include "amqp/methods.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <limits>
#include <string>
#include <utility>

#include "amqp/codec.hpp"
#include "base/rng.hpp"

namespace warren::methods_test {

using namespace warren::amqp;
using warren::ByteBuffer;
using warren::Rng;

namespace {

// Puts something into each field.
class Filler {
 public:
  explicit Filler(std::uint64_t seed) : rng_(seed) {}

  Filler& reserved() { return *this; }
  void octet(const char*, std::uint8_t& field) { number(field); }
  void u16(const char*, std::uint16_t& field) { number(field); }
  void u32(const char*, std::uint32_t& field) { number(field); }
  void u64(const char*, std::uint64_t& field) { number(field); }
  void shortstr(const char*, std::string_view& field) { field = text(0, 255, rng_.below(256)); }
  void name(const char*, std::string_view& field) { field = text(0, 127, rng_.below(256)); }
  void longstr(const char*, std::string_view& field) { field = text(0, 255, rng_.below(2000)); }
  void secret(const char* label, std::string_view& field) { longstr(label, field); }
  void bit(const char*, bool& field) { field = rng_.one_in(2); }
  void table(const char*, Table& field) {
    for (std::uint64_t i = rng_.below(4); i > 0; --i)
      field.entries.emplace_back(text(0, 255, rng_.below(20)), Value(static_cast<std::int64_t>(rng_.next())));
  }

 private:
  template <class Number>
  void number(Number& field) {
    field = static_cast<Number>(rng_.next());
  }
  std::string_view text(int from, int to, std::uint64_t size) {
    std::string text;
    for (; size > 0; --size)
      text += static_cast<char>(from + static_cast<int>(rng_.below(static_cast<std::uint64_t>(to - from + 1))));
    return strings_.emplace_back(std::move(text));
  }

  Rng rng_;
  std::deque<std::string> strings_;
};

template <class M>
void check_round_trip(std::uint64_t seed) {
  INFO(M::name);
  Filler filler(seed);
  M method;
  warren::visit_fields(method, filler);
  ByteBuffer bytes;
  encode(method, bytes);
  CHECK(bytes.size() == encoded_size(method));

  Method back;
  REQUIRE(decode_method(bytes.view(), back) == DecodeStatus::ok);
  CHECK(std::holds_alternative<M>(back));
  CHECK(method_name(back) == M::name);
  CHECK(method_name(M::id) == M::name);
  CHECK(method_id(back) == M::id);
  CHECK(print(back).starts_with(M::name));
  ByteBuffer again;
  encode(back, again);
  CHECK(again.view() == bytes.view());
}

template <class M>
void check_exact_length() {
  INFO(M::name);
  Filler filler(7);
  M method;
  warren::visit_fields(method, filler);
  ByteBuffer bytes;
  encode(method, bytes);
  const std::string_view arguments = method_arguments(bytes.view());
  for (std::size_t size = 0; size < arguments.size(); ++size) {
    M cut;
    REQUIRE(decode(arguments.substr(0, size), cut) != DecodeStatus::ok);
  }
  bytes.append("x");
  M longer;
  CHECK(decode(method_arguments(bytes.view()), longer) == DecodeStatus::malformed);
}

template <class Check, std::size_t... I>
void for_each_method(Check check, std::index_sequence<I...>) {
  (check(std::type_identity<std::variant_alternative_t<I, Method>>{}), ...);
}
constexpr auto kEach = std::make_index_sequence<std::variant_size_v<Method>>{};

}  // namespace

TEST_CASE("Every method comes back as it was written") {
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    for_each_method([&](auto type) { check_round_trip<typename decltype(type)::type>(seed); }, kEach);
}

TEST_CASE("Every method must use up its payload exactly") {
  for_each_method([](auto type) { check_exact_length<typename decltype(type)::type>(); }, kEach);
}

TEST_CASE("Every method has a name and numbers of its own") {
  CHECK(std::variant_size_v<Method> == 66);
  CHECK(method_name(MethodId{40, 51}) == "exchange.unbind-ok");
  CHECK(method_name(MethodId{40, 41}).empty());
  CHECK(method_name(MethodId{60, 110}) == "basic.recover");
}

TEST_CASE("Content follows publish, deliver, return and get-ok only") {
  int carriers = 0;
  for_each_method([&](auto type) { carriers += carries_content(decltype(type)::type::id) ? 1 : 0; }, kEach);
  CHECK(carriers == 4);
  CHECK(carries_content(MethodId{60, 40}));
}

}  // namespace warren::methods_test
