#include "amqp/reply_codes.hpp"

#include <doctest/doctest.h>

#include <string>

namespace warren::reply_codes_test {

using namespace warren::amqp;

TEST_CASE("Reply codes have the names that reply texts begin with") {
  CHECK(std::string(reply_name(ReplyCode::precondition_failed)) == "PRECONDITION_FAILED");
  CHECK(std::string(reply_name(ReplyCode::no_route)) == "NO_ROUTE");
  CHECK(std::string(reply_name(ReplyCode::internal_error)) == "INTERNAL_ERROR");
  CHECK(std::string(reply_name(static_cast<ReplyCode>(999))) == "UNKNOWN");
}

TEST_CASE("Hard errors end the connection and soft ones the channel") {
  for (int code : {320, 402, 501, 502, 503, 504, 505, 506, 530, 540, 541})
    CHECK(is_connection_error(static_cast<ReplyCode>(code)));
  for (int code : {200, 311, 312, 313, 403, 404, 405, 406}) CHECK(!is_connection_error(static_cast<ReplyCode>(code)));
}

}  // namespace warren::reply_codes_test
