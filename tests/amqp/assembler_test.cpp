#include "amqp/assembler.hpp"

#include <doctest/doctest.h>

#include <string>

#include "amqp/methods/basic.hpp"
#include "tests/amqp/octets.hpp"

namespace warren::assembler_test {

using namespace warren::amqp;
using Step = ContentAssembler::Step;

namespace {

std::string header_payload(std::uint64_t body_bytes, std::uint16_t class_id = 60, std::uint16_t weight = 0) {
  return big(class_id) + big(weight) + big(body_bytes) + octets({0, 0});
}

ContentAssembler awaiting_header() {
  ContentAssembler assembler;
  assembler.begin(BasicPublish::id);
  return assembler;
}

ContentAssembler awaiting_body(std::uint64_t body_bytes) {
  ContentAssembler assembler = awaiting_header();
  ContentHeader header;
  REQUIRE(assembler.header(header_payload(body_bytes), header) == Step::more);
  return assembler;
}

void check_error(const ContentAssembler& assembler, ReplyCode code, const std::string& text, MethodId method) {
  const ProtocolError error = assembler.error();
  CHECK(error.code == code);
  CHECK(error.text == text);
  CHECK(error.method == method);
}

}  // namespace

TEST_CASE("Method, header and body in order make content") {
  ContentAssembler assembler;
  CHECK(assembler.method() == Step::complete);
  assembler.begin(BasicPublish::id);
  ContentHeader header;
  const std::string payload = header_payload(5);
  REQUIRE(assembler.header(payload, header) == Step::more);
  CHECK(header.body_bytes == 5);
  CHECK(header.properties == octets({0, 0}));
  CHECK(assembler.body("abc", true) == Step::more);
  CHECK(assembler.missing_bytes() == 2);
  CHECK(assembler.body("", true) == Step::more);
  CHECK(assembler.body("de", true) == Step::complete);
  CHECK(assembler.idle());
  CHECK(assembler.method() == Step::complete);
}

TEST_CASE("Content is complete only when the end of its last frame has been seen") {
  ContentAssembler assembler = awaiting_body(3);
  CHECK(assembler.body("ab", false) == Step::more);
  CHECK(assembler.body("c", false) == Step::more);
  CHECK(!assembler.idle());
  CHECK(assembler.body("", true) == Step::complete);
}

TEST_CASE("A body size of 0 is complete with its header, and a body frame after it is unexpected") {
  ContentAssembler assembler = awaiting_header();
  ContentHeader header;
  REQUIRE(assembler.header(header_payload(0), header) == Step::complete);
  CHECK(assembler.body("", true) == Step::error);
  check_error(assembler, ReplyCode::unexpected_frame, "expected method frame, got non method frame instead", {});
}

TEST_CASE("A header where a method is expected is unexpected") {
  ContentAssembler assembler;
  ContentHeader header;
  CHECK(assembler.header(header_payload(1), header) == Step::error);
  check_error(assembler, ReplyCode::unexpected_frame, "expected method frame, got non method frame instead", {});
}

TEST_CASE("A method or a body where a header is expected is unexpected") {
  const std::string text = "expected content header for class 60, got non content header frame instead";
  ContentAssembler assembler = awaiting_header();
  CHECK(assembler.method() == Step::error);
  check_error(assembler, ReplyCode::unexpected_frame, text, {60, 40});
  assembler = awaiting_header();
  CHECK(assembler.body("abc", true) == Step::error);
  check_error(assembler, ReplyCode::unexpected_frame, text, {60, 40});
}

TEST_CASE("A header of another class is unexpected") {
  ContentAssembler assembler = awaiting_header();
  ContentHeader header;
  CHECK(assembler.header(header_payload(1, 50), header) == Step::error);
  check_error(assembler, ReplyCode::unexpected_frame,
              "expected content header for class 60, got one for class 50 instead", {60, 40});
}

TEST_CASE("A header with a weight counts as no header") {
  ContentAssembler assembler = awaiting_header();
  ContentHeader header;
  CHECK(assembler.header(header_payload(1, 60, 7), header) == Step::error);
  check_error(assembler, ReplyCode::unexpected_frame,
              "expected content header for class 60, got non content header frame instead", {60, 40});
}

TEST_CASE("A method or a header where a body is expected is unexpected") {
  const std::string text = "expected content body, got non content body frame instead";
  ContentAssembler assembler = awaiting_body(1);
  CHECK(assembler.method() == Step::error);
  check_error(assembler, ReplyCode::unexpected_frame, text, {60, 40});
  ContentHeader header;
  assembler = awaiting_body(1);
  CHECK(assembler.header(header_payload(1), header) == Step::error);
  check_error(assembler, ReplyCode::unexpected_frame, text, {60, 40});
}

TEST_CASE("A body may not exceed the size its header gave") {
  ContentAssembler assembler = awaiting_body(3);
  CHECK(assembler.body("ab", true) == Step::more);
  CHECK(assembler.body("cd", true) == Step::error);
  check_error(assembler, ReplyCode::frame_error, "content body frame exceeds remaining content size", {60, 40});
}

TEST_CASE("A body of 512 MiB may be announced and not one byte more") {
  ContentHeader header;
  ContentAssembler assembler = awaiting_header();
  CHECK(assembler.header(header_payload(536870912), header) == Step::more);
  for (std::uint64_t size : {std::uint64_t{536870913}, ~std::uint64_t{0}}) {
    assembler = awaiting_header();
    CHECK(assembler.header(header_payload(size), header) == Step::error);
    check_error(assembler, ReplyCode::frame_error,
                "content body size " + std::to_string(size) + " exceeds maximum allowed size 536870912", {60, 40});
  }
}

}  // namespace warren::assembler_test
