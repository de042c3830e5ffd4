#include "broker/exchange/exchange_type.hpp"

#include <doctest/doctest.h>

#include <array>

namespace warren::broker {
namespace {

constexpr std::array<std::string_view, 1> kKeys{"k"};

amqp::PropertiesView with_headers(std::string_view table) {
  amqp::PropertiesView properties;
  properties.flags = static_cast<std::uint16_t>(amqp::Property::headers);
  properties.headers = table;
  return properties;
}

}  // namespace

TEST_CASE("headers are decoded once, when asked for") {
  Rng rng(1);
  const std::string_view one_void("\1aV", 3);
  const amqp::PropertiesView properties = with_headers(one_void);
  const RoutingInput input(kKeys, &properties, {}, rng);
  REQUIRE(input.headers().size() == 1);
  CHECK(input.headers().find("a") != nullptr);
  CHECK(&input.headers() == &input.headers());
}

TEST_CASE("no properties, no headers and broken headers all read as an empty table") {
  Rng rng(1);
  const amqp::PropertiesView none;
  const amqp::PropertiesView broken = with_headers("\5a");
  CHECK(RoutingInput(kKeys, nullptr, {}, rng).headers().empty());
  CHECK(RoutingInput(kKeys, &none, {}, rng).headers().empty());
  CHECK(RoutingInput(kKeys, &broken, {}, rng).headers().empty());
}

TEST_CASE("the checks of types without conditions accept anything") {
  CHECK_FALSE(accept_any_arguments({}));
  CHECK_FALSE(accept_any_binding("k", {}, DestinationKind::exchange));
}

}  // namespace warren::broker
