// Methods from the text that amqp::print makes of them, and back to bytes.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/ids.hpp"

namespace warren::broker::session::testing {

// "queue.declare queue='q' durable=1": fields in any order, those left out keep their defaults. Tables are {name=1,
// other='text'}. Appends the frame; false if the text is no method.
bool append_method_text(ByteBuffer& out, ChannelNumber channel, std::string_view text);

// 'text' with \' \\ and \x41 in it, at the front of `rest`, which is moved behind it.
std::string take_quoted(std::string_view& rest);

}  // namespace warren::broker::session::testing
