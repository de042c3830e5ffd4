#include "server/http/admission.hpp"

#include <doctest/doctest.h>

#include "base/password.hpp"

namespace warren::server {

TEST_CASE("administrators are admitted, guest from this machine only") {
  broker::Catalog catalog;
  broker::session::SessionSettings settings;
  const auto add = [&](const char* name, std::vector<std::string> tags) {
    REQUIRE(catalog.apply(broker::PutUser{{name, hash_password("secret", 7), std::move(tags)}}).ok());
  };
  add("guest", {"administrator"});
  add("boss", {"management", "administrator"});
  add("worker", {"monitoring"});
  const auto judge = [&](const char* name, const char* password, bool loopback) {
    return admission({name, password}, loopback, catalog, settings);
  };
  CHECK(judge("guest", "secret", true) == Admission::admitted);
  CHECK(judge("guest", "secret", false) == Admission::unknown);
  CHECK(judge("boss", "secret", false) == Admission::admitted);
  CHECK(judge("boss", "guess", false) == Admission::unknown);
  CHECK(judge("nobody", "secret", true) == Admission::unknown);
  CHECK(judge("worker", "secret", true) == Admission::not_administrator);
}

}  // namespace warren::server
