#include "tools/logdump/words.hpp"

#include <fmt/core.h>

#include <cstdlib>
#include <ctime>

namespace warren::logdump {
namespace {

std::string deadline_words(WallMs deadline) {
  return deadline == kNever ? std::string() : ", dies " + moment(deadline);
}

}  // namespace

std::string quoted(std::string_view bytes, std::size_t bytes_max) {
  std::string text = "\"";
  for (const char byte : bytes.substr(0, bytes_max)) {
    const auto number = static_cast<unsigned char>(byte);
    if (byte == '"' || byte == '\\')
      (text += '\\') += byte;
    else if (number >= 0x20 && number < 0x7f)
      text += byte;
    else
      text += fmt::format("\\x{:02x}", number);
  }
  return text + (bytes.size() > bytes_max ? "\"..." : "\"");
}

std::string moment(WallMs time) {
  const auto fraction = static_cast<int>(time % 1000);
  const std::time_t seconds = time / 1000;
  std::tm parts{};
  if (gmtime_r(&seconds, &parts) == nullptr) return fmt::format("{} ms after 1970", time);
  return fmt::format("{}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     parts.tm_hour, parts.tm_min, parts.tm_sec, std::abs(fraction));
}

std::string message_words(const broker::MessageParts& message, std::size_t quote_max) {
  std::string words =
      fmt::format("exchange {}, routing key {}, ", quoted(message.exchange, 255), quoted(message.routing_key, 255));
  words += message.elsewhere ? fmt::format("body of {} bytes: {:#x}", message.body_bytes, message.elsewhere.value)
                             : fmt::format("body of {} bytes {}", message.body_bytes, quoted(message.body, quote_max));
  const broker::MessageTraits& traits = message.traits;
  if (traits.persistent) words += ", persistent";
  if (traits.priority != 0) words += fmt::format(", priority {}", traits.priority);
  if (traits.expiration_ms >= 0) words += fmt::format(", expires after {} ms", traits.expiration_ms);
  if (traits.died_here) words += ", died before";
  return words;
}

std::string record_words(const broker::ReadRecord& record, std::size_t quote_max) {
  using broker::RecordTag;
  if (record.tag == RecordTag::definition) return definition_words(record.key, record.value, record.erased);
  const std::string queue = fmt::format("queue {}", record.queue.value);
  switch (record.tag) {
    case RecordTag::settled: return fmt::format("{} settled {} to {}", queue, record.first, record.last);
    case RecordTag::chunk_gone:
      return fmt::format("{} gave up its chunk {} to {} of level {}", queue, record.first, record.last, record.level);
    case RecordTag::delivered:
      return fmt::format("{} delivered up to {} of level {}", queue, record.last, record.level);
    case RecordTag::enqueue:
    case RecordTag::again: {
      broker::RecordReader reader(record.message);
      broker::MessageParts message;
      if (!broker::read_message_parts(reader, message)) return queue + ": a message that makes no sense";
      return fmt::format("{} position {}{}: {}{}", queue, record.first,
                         record.tag == RecordTag::again ? ", the same message" : "", message_words(message, quote_max),
                         deadline_words(record.deadline));
    }
    default: return queue;
  }
}

}  // namespace warren::logdump
