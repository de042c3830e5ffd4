#include "server/control/control_socket.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <future>

#include "manage/socket/run_directory.hpp"
#include "tests/server/control/running_socket.hpp"

namespace warren::server::testing {

TEST_CASE("a request comes in and its answer goes out") {
  RunningSocket node([](manage::Request request, AnswerRequest answer) {
    CHECK(request.operation == "ping");
    answer(manage::Value("Ping succeeded"));
  });
  auto heard = node.door().ask({"ping", {}}, 5000);
  REQUIRE(heard.ok());
  CHECK(**heard == manage::Value("Ping succeeded"));
}

TEST_CASE("socket and pid file are the owner's alone, and go with the node") {
  std::string socket, pid_file;
  {
    RunningSocket node([](manage::Request, AnswerRequest) {});
    socket = manage::socket_path(node.folder(), "a@h");
    pid_file = manage::pid_path(node.folder(), "a@h");
    struct stat facts;
    REQUIRE(::stat(socket.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0600);
    CHECK(manage::read_pid(pid_file) == std::optional<std::int64_t>(::getpid()));
    CHECK(node.door().pid() == std::optional<std::int64_t>(::getpid()));
  }
  CHECK(::access(socket.c_str(), F_OK) != 0);
  CHECK(::access(pid_file.c_str(), F_OK) != 0);
}

TEST_CASE("a socket that nobody answers is replaced, one of a node that runs is not") {
  boost::asio::io_context context;
  RunningSocket node([](manage::Request, AnswerRequest) {});
  ControlSocket second(context, [](manage::Request, AnswerRequest) {});
  CHECK(second.open(node.folder(), "a@h").find("runs already") != std::string::npos);
  const std::string left_behind = manage::socket_path(node.folder(), "b@h");
  std::ofstream(left_behind) << "";
  CHECK(second.open(node.folder(), "b@h").empty());
}

TEST_CASE("what cannot be opened says why") {
  boost::asio::io_context context;
  ControlSocket socket(context, [](manage::Request, AnswerRequest) {});
  CHECK(socket.open("/proc/nowhere", "a@h").find("cannot open the control socket /proc/nowhere/a@h.sock") == 0);
  CHECK(socket.open("/tmp", "a/h") == "'a/h' cannot be the name of a node");
  CHECK(socket.open("/tmp/" + std::string(100, 'x'), "a@h").find("too long") != std::string::npos);
}

TEST_CASE("a slow answer does not keep others waiting") {
  std::promise<AnswerRequest> slow;
  RunningSocket node([&](manage::Request request, AnswerRequest answer) {
    if (request.operation == "slow")
      slow.set_value(std::move(answer));
    else
      answer(manage::Value(1));
  });
  CHECK(node.door().ask({"slow", {}}, 50).error().kind == ctl::Trouble::Kind::timed_out);
  CHECK(node.door().ask({"fast", {}}, 5000).ok());
  const AnswerRequest answer = slow.get_future().get();
  answer(manage::Value(2));  // nobody is there any more
  answer(manage::Value(3));
  CHECK(node.door().ask({"fast", {}}, 5000).ok());
}

}  // namespace warren::server::testing
