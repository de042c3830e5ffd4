// Why a request is refused, in the words that the client will read.
#pragma once

#include <string>
#include <utility>

#include "amqp/reply_codes.hpp"

namespace warren::broker {

// The code decides whether the channel or the connection closes (amqp.md 1.13). The text is the explanation alone: the
// session puts the code's name in front and cuts it to the length that the wire allows.
struct Refusal {
  amqp::ReplyCode code;
  std::string text;
};

inline Refusal precondition_failed(std::string text) { return {amqp::ReplyCode::precondition_failed, std::move(text)}; }

}  // namespace warren::broker
