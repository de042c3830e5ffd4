#include "server/http/http_client.hpp"

#include <fmt/core.h>

#include "tests/server/http/running_door.hpp"

namespace warren::server::testing {
namespace {

std::string post(std::string_view path, std::string_view headers, std::string_view body) {
  return fmt::format("POST {} HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n{}\r\n{}", path, body.size(), headers, body);
}

std::string login(const std::string& password) {
  return "Authorization: " + manage::basic_header({"guest", password}) + "\r\n";
}

bool begins(const std::string& answer, int status) { return answer.starts_with(fmt::format("HTTP/1.1 {} ", status)); }

constexpr std::string_view kPing = R"({"operation":"ping","arguments":{}})";

}  // namespace

TEST_CASE("an operation is posted and answered, and another one on the same connection") {
  RunningDoor door(echo);
  const std::string one = post("/api/operations", login("let me in"), kPing);
  const std::string answer = door.say(one + one);
  CHECK(begins(answer, 200));
  CHECK(answer.find(R"({"ok":"ping"})") != answer.rfind(R"({"ok":"ping"})"));
}

TEST_CASE("who does not say who he is, or is not known, is told to log in") {
  RunningDoor door(echo);
  for (const std::string& headers : {std::string(), std::string("Authorization: Basic ?\r\n"), login("guess")}) {
    const std::string answer = door.say(post("/api/operations", headers, kPing));
    CHECK(begins(answer, 401));
    CHECK(answer.find("WWW-Authenticate: Basic") != std::string::npos);
    CHECK(answer.find("not_authorized") != std::string::npos);
  }
}

TEST_CASE("who is known and does not administrate is refused") {
  RunningDoor door([](const HttpCaller&, const manage::Request&, const AnswerHttp& answer) {
    answer(Admission::not_administrator, manage::Value("secret"));
  });
  const std::string answer = door.say(post("/api/operations", login("x"), kPing));
  CHECK(begins(answer, 403));
  CHECK(answer.find("secret") == std::string::npos);
}

TEST_CASE("what is no request is told, and costs nothing but the answer") {
  RunningDoor door(echo);
  CHECK(begins(door.say(post("/api/nothing", login("let me in"), kPing)), 404));
  CHECK(begins(door.say("GET /api/operations HTTP/1.1\r\nHost: h\r\n\r\n"), 405));
  CHECK(begins(door.say(post("/api/operations", login("let me in"), "{]")), 400));
  CHECK(begins(door.say("POST /api/operations HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n"), 413));
  CHECK(begins(door.say("POST / HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n"), 431));
  CHECK(begins(door.say("this is no HTTP\r\n\r\n"), 400));
  CHECK(door.say("").empty());
  CHECK(begins(door.say(post("/api/operations", login("let me in"), kPing)), 200));
}

}  // namespace warren::server::testing
