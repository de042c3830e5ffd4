// Values as RabbitMQ prints them where it refuses a policy: Erlang terms.
#pragma once

#include <string>
#include <string_view>

#include "amqp/table.hpp"

namespace warren::broker {

// 1, true, <<"text">>, [1,2], [{<<"key">>,1}].
std::string term_of(const amqp::Value& value);
std::string term_of(const amqp::Table& table);
// Of nothing: "none".
std::string term_of(const amqp::Value* value);
std::string text_term(std::string_view text);

}  // namespace warren::broker
