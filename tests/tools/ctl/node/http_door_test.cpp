#include "tools/ctl/node/http_door.hpp"

#include <doctest/doctest.h>

namespace warren::ctl {

TEST_CASE("a URL says where the node is and who asks") {
  const auto plain = read_url("http://broker");
  REQUIRE(plain.ok());
  CHECK(plain->host == "broker");
  CHECK(plain->port == 15672);
  CHECK(plain->user == "guest");
  const auto full = read_url("http://boss:p%40ss%3Aword@10.0.0.1:8080/");
  REQUIRE(full.ok());
  CHECK(full->host == "10.0.0.1");
  CHECK(full->port == 8080);
  CHECK(full->user == "boss");
  CHECK(full->password == "p@ss:word");
  CHECK(read_url("http://[::1]:15")->host == "::1");
  CHECK(read_url("http://[::1]")->port == 15672);
}

TEST_CASE("what is no URL of a node is told without its password") {
  for (const char* text : {"", "broker", "https://broker", "http://", "http://broker:0", "http://broker:70000",
                           "http://a:%4@broker", "http://:x@broker", "http://broker/api"}) {
    CAPTURE(text);
    const auto url = read_url(text);
    REQUIRE_FALSE(url.ok());
    CHECK(url.error().find("--url takes http://USER:PASSWORD@HOST:PORT") == 0);
  }
}

TEST_CASE("a node that does not listen is unreachable") {
  HttpNodeDoor door({"127.0.0.1", 1, "guest", "guest"});
  const auto heard = door.ask({"ping", {}}, 2000);
  REQUIRE_FALSE(heard.ok());
  CHECK(heard.error().kind == Trouble::Kind::unreachable);
  CHECK(heard.error().why.find("http://127.0.0.1:1") != std::string::npos);
  CHECK_FALSE(door.pid().has_value());
}

}  // namespace warren::ctl
