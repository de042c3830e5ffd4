#include "base/result.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

namespace warren::result_test {

namespace {

Result<int, std::string> halved(int number) {
  if (number % 2 != 0) return std::string("odd");
  return number / 2;
}

}  // namespace

TEST_CASE("a result holds a value or an error") {
  const auto good = halved(4);
  CHECK(good.ok());
  CHECK(*good == 2);
  const auto bad = halved(3);
  CHECK_FALSE(bad);
  CHECK(bad.error() == "odd");
}

TEST_CASE("a result of two like types knows which it is") {
  Result<Done, std::string> done = Done{};
  CHECK(done.ok());
  done = std::string("no");
  CHECK_FALSE(done.ok());
}

TEST_CASE("a value can be moved out of a result") {
  Result<std::unique_ptr<int>, int> held = std::make_unique<int>(3);
  const std::unique_ptr<int> taken = std::move(*held);
  CHECK(*taken == 3);
}

}  // namespace warren::result_test
