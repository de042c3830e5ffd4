#include "tools/ctl/node/socket_door.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/server/control/running_socket.hpp"

namespace warren::ctl {

using server::AnswerRequest;
using server::testing::RunningSocket;

TEST_CASE("a node that has neither socket nor pid file is unreachable at once") {
  SocketDoor door("nobody@h", {"/tmp/nowhere"});
  auto heard = door.ask({"ping", {}}, -1);
  REQUIRE_FALSE(heard.ok());
  CHECK(heard.error().kind == Trouble::Kind::unreachable);
  CHECK(heard.error().why.find("attempted to contact: [nobody@h]") != std::string::npos);
  CHECK_FALSE(door.pid());
}

TEST_CASE("a node that lives without a socket is waited for") {
  RunningSocket node([](manage::Request, AnswerRequest) {});
  std::ofstream(manage::pid_path(node.folder(), "b@h")) << ::getpid();
  SocketDoor door("b@h", {node.folder()});
  const std::int64_t began_ms = door.now_ms();
  auto heard = door.ask({"ping", {}}, 250);
  REQUIRE_FALSE(heard.ok());
  CHECK(heard.error().kind == Trouble::Kind::timed_out);
  CHECK(door.now_ms() - began_ms >= 250);
  ::unlink(manage::pid_path(node.folder(), "b@h").c_str());
}

TEST_CASE("a long answer comes whole") {
  RunningSocket node([](manage::Request, AnswerRequest answer) { answer(manage::Value(std::string(3 << 20, 'x'))); });
  auto heard = node.door().ask({"big", {}}, 20'000);
  REQUIRE(heard.ok());
  CHECK((*heard)->get<std::string>()->size() == 3u << 20);
}

}  // namespace warren::ctl
