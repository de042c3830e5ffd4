#include "server/http/http_door.hpp"

#include <future>

#include "tests/server/http/running_door.hpp"
#include "tools/ctl/node/http_door.hpp"

namespace warren::server::testing {

TEST_CASE("the tool's half and the node's half understand each other") {
  RunningDoor door(echo);
  ctl::HttpNodeDoor tool({"127.0.0.1", door.port(), "guest", "let me in"});
  auto heard = tool.ask({"list_queues", {}}, 5000);
  REQUIRE(heard.ok());
  CHECK(**heard == manage::Value("list_queues"));
}

TEST_CASE("a port that is taken, and an address that is none, are told") {
  RunningDoor door(echo);
  boost::asio::io_context context;
  HttpDoor second(context, echo);
  CHECK(second.open("nowhere", 1).find("cannot open port 1 of nowhere for HTTP") == 0);
  HttpDoor third(context, echo);
  CHECK(third.open("127.0.0.1", door.port()).find("cannot open port") == 0);
}

TEST_CASE("an answer that comes when nobody waits any more harms nobody") {
  std::promise<AnswerHttp> asked;
  RunningDoor door([&](const HttpCaller&, const manage::Request& request, AnswerHttp answer) {
    if (request.operation == "slow")
      asked.set_value(std::move(answer));
    else
      answer(Admission::admitted, manage::Value(1));
  });
  ctl::HttpNodeDoor tool({"127.0.0.1", door.port(), "guest", "x"});
  CHECK(tool.ask({"slow", {}}, 100).error().kind == ctl::Trouble::Kind::timed_out);
  // Whoever answers does not outlive the door.
  asked.get_future().get()(Admission::admitted, manage::Value(2));
  CHECK(tool.ask({"fast", {}}, 5000).ok());
}

}  // namespace warren::server::testing
