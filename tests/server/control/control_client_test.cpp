#include "server/control/control_client.hpp"

#include <doctest/doctest.h>

#include <future>

#include "manage/operations/words/limits.hpp"
#include "tests/server/control/running_socket.hpp"

namespace warren::server::testing {
namespace {

void name_it(manage::Request request, AnswerRequest answer) { answer(manage::Value(request.operation)); }

}  // namespace

TEST_CASE("several requests on one connection are answered in their order") {
  RunningSocket node(name_it);
  RawClient client(node);
  client.send("{\"operation\":\"a\"}\n{\"operation\":\"b\"}\n{\"oper");
  CHECK(client.line() == "{\"ok\":\"a\"}");
  CHECK(client.line() == "{\"ok\":\"b\"}");
  client.send("ation\":\"c\"}\n");
  CHECK(client.line() == "{\"ok\":\"c\"}");
}

TEST_CASE("what is no request is answered with a reason, and the connection ends") {
  RunningSocket node(name_it);
  RawClient client(node);
  client.send("hello\n");
  CHECK(client.line() == "{\"error\":\"no JSON: no value at byte 1\",\"code\":64,\"kind\":\"malformed\"}");
  CHECK(client.line().empty());
}

TEST_CASE("a line without end is not read for ever") {
  RunningSocket node(name_it);
  RawClient client(node);
  client.send(std::string(manage::limits::kRequestBytesMax + 10, ' '));
  CHECK(client.line() == "{\"error\":\"the request is too long\",\"code\":64}");
  CHECK(client.line().empty());
}

TEST_CASE("a client that leaves while its request is carried out harms nobody") {
  std::promise<AnswerRequest> kept;
  RunningSocket node([&](manage::Request request, AnswerRequest answer) {
    if (request.operation == "ping") return answer(manage::Value(1));
    kept.set_value(std::move(answer));
  });
  {
    RawClient client(node);
    client.send("{\"operation\":\"a\"}\n");
    CHECK(node.door().ask({"ping", {}}, 5000).ok());
  }
  CHECK(node.door().ask({"ping", {}}, 5000).ok());
  kept.get_future().get()(manage::Value(1));
  CHECK(node.door().ask({"ping", {}}, 5000).ok());
}

}  // namespace warren::server::testing
