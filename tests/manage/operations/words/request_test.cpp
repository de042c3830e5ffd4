#include "manage/operations/words/request.hpp"

#include <doctest/doctest.h>

#include "manage/operations/words/limits.hpp"

namespace warren::manage {

TEST_CASE("a request is a line with the operation and its arguments") {
  const Request request{"add_vhost", Map{}.add("name", "v")};
  const std::string line = request_line(request);
  CHECK(line == R"({"operation":"add_vhost","arguments":{"name":"v"}})");
  auto read = read_request(line);
  REQUIRE(read.ok());
  CHECK(read->operation == "add_vhost");
  CHECK(read->arguments == request.arguments);
}

TEST_CASE("a request may have no arguments, but must have an operation") {
  CHECK(read_request(R"({"operation":"ping"})").ok());
  for (const char* bad :
       {"", "7", "[]", "{}", R"({"operation":""})", R"({"operation":3})", R"({"operation":"ping","arguments":[]})"})
    CHECK_FALSE(read_request(bad).ok());
}

TEST_CASE("a request that is too long is not even read") {
  const std::string blanks(limits::kRequestBytesMax, ' ');
  CHECK(read_request(blanks + R"({"operation":"ping"})").error() == "the request is too long");
}

TEST_CASE("an answer is a value or a failure") {
  CHECK(answer_line(Value(List{1})) == R"({"ok":[1]})");
  CHECK(answer_line(Value()) == R"({"ok":null})");
  const Failure failure{"no", kDataError, "no_such_vhost", Map{}.add("a", 1)};
  const std::string line = answer_line(failure);
  CHECK(line == R"({"error":"no","code":65,"kind":"no_such_vhost","details":{"a":1}})");
  auto read = read_answer(line);
  REQUIRE(read.ok());
  REQUIRE_FALSE(read->ok());
  CHECK(read->error().sentence == "no");
  CHECK(read->error().code == 65);
  CHECK(read->error().kind == "no_such_vhost");
  CHECK(read->error().details == failure.details);
  CHECK(answer_line(Failure{"no", kUnavailable, {}, {}}) == R"({"error":"no","code":69})");
}

TEST_CASE("an answer that says neither is none, and a code that is none counts as unavailable") {
  CHECK_FALSE(read_answer("{}").ok());
  CHECK_FALSE(read_answer("[]").ok());
  CHECK_FALSE(read_answer("x").ok());
  auto read = read_answer(R"({"error":"no","code":4000})");
  REQUIRE(read.ok());
  CHECK(read->error().code == kUnavailable);
  CHECK(*read_answer(R"({"ok":7})").value() == Value(7));
}

}  // namespace warren::manage
