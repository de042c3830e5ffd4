#include "persist/lmdb/raw/page_claims.hpp"

#include <doctest/doctest.h>

namespace warren::page_claims_test {

using namespace warren::persist::lmdb;
using Claim = PageClaims::Claim;

TEST_CASE("a page is used once, and neither meta pages nor what lies beyond the end") {
  PageClaims claims(10, 9);
  REQUIRE(claims.possible());
  CHECK(claims.use(2, 1) == Claim::granted);
  CHECK(claims.use(2, 1) == Claim::refused);
  CHECK(claims.use(1, 1) == Claim::refused);
  CHECK(claims.use(3, 3) == Claim::granted);
  CHECK(claims.use(5, 2) == Claim::refused);
  CHECK(claims.use(8, 2) == Claim::granted);
  CHECK(claims.use(10, 1) == Claim::refused);
  CHECK(claims.use(7, 4) == Claim::refused);
  CHECK(claims.use(7, ~std::uint64_t{0}) == Claim::refused);
  CHECK(claims.use(~std::uint64_t{0}, 1) == Claim::refused);
}

TEST_CASE("a page that is free and used is seen from either side") {
  PageClaims claims(10, 9);
  CHECK(claims.release(4));
  CHECK_FALSE(claims.release(4));
  CHECK_FALSE(claims.release(1));
  CHECK_FALSE(claims.release(10));
  CHECK(claims.use(3, 3) == Claim::free);
  CHECK_FALSE(claims.release(5));
  CHECK(claims.take_free()[4]);
}

TEST_CASE("pages beyond the end of the file must be free") {
  PageClaims claims(10, 11);
  REQUIRE(claims.possible());
  CHECK(claims.use(10, 1) == Claim::refused);
  CHECK(claims.release(11));
  CHECK_FALSE(claims.all_beyond_file_are_free());
  CHECK(claims.release(10));
  CHECK(claims.all_beyond_file_are_free());
}

TEST_CASE("no memory is taken for pages that cannot be") {
  CHECK_FALSE(PageClaims(10, std::uint64_t{1} << 40).possible());
  CHECK_FALSE(PageClaims(10, ~std::uint64_t{0}).possible());
  CHECK_FALSE(PageClaims(10, 0).possible());
}

TEST_CASE("a hostile file cannot make long ranges be looked through without end") {
  PageClaims claims(1000, 999);
  CHECK(claims.use(999, 1) == Claim::granted);
  for (int i = 0; i < 10; ++i) CHECK(claims.use(2, 998) == Claim::refused);
  CHECK(claims.use(2, 5) == Claim::refused);
  CHECK(claims.use(2, 1) == Claim::granted);
}

}  // namespace warren::page_claims_test
