// Records in words, one line each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "broker/queue/stored/records.hpp"
#include "broker/queue/stored/values.hpp"
#include "persist/store.hpp"

namespace warren::logdump {

// Takes what is printed, line by line, without its end.
using Print = std::function<void(std::string_view line)>;

// The bytes in quotes, what is not plain ASCII as \xNN; no more than so many, then "...".
std::string quoted(std::string_view bytes, std::size_t bytes_max);
// UTC, "2026-01-31 12:00:00.250".
std::string moment(WallMs time);

// "exchange '', routing key 'a', body of 5 bytes \"hello\", persistent".
std::string message_words(const broker::MessageParts& message, std::size_t quote_max);
// A record of a journal.
std::string record_words(const broker::ReadRecord& record, std::size_t quote_max);
// "queue 7 'name' in vhost 1". Secrets are left out.
std::string definition_words(std::string_view key, std::string_view value, bool erased);

// A value of the store that is what was written. The bodies of messages in chunks are lines of their own. False: it
// makes no sense.
bool print_value(persist::Table table, std::string_view key, std::string_view value, std::size_t quote_max,
                 const Print& print);

}  // namespace warren::logdump
