// Mail as transcripts show it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "broker/catalog/commands.hpp"
#include "broker/queue/messages.hpp"

namespace warren::broker::session::testing {

std::string print(const QueueCommand& command);
std::string print(const Command& command);

// "delivery 1 of consumer 1 'body'": an event of that queue for that channel. None if the text is none.
std::optional<QueueEvent> read_event_text(QueueRef queue, ChannelRef channel, std::string_view text);

}  // namespace warren::broker::session::testing
