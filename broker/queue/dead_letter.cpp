#include "broker/queue/dead_letter.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "amqp/properties.hpp"
#include "base/bytes.hpp"
#include "base/check.hpp"
#include "base/limits.hpp"

namespace warren::broker {
namespace {

using amqp::Array;
using amqp::Table;
using amqp::Value;

constexpr std::string_view kDeaths = "x-death";

std::string_view name_of(DeathReason reason) {
  switch (reason) {
    case DeathReason::rejected: return "rejected";
    case DeathReason::expired: return "expired";
    case DeathReason::maxlen: return "maxlen";
  }
  return "";
}

amqp::Properties properties_of(const Message& message) {
  Result<amqp::Properties, amqp::DecodeError> properties = amqp::decode_properties(message.properties());
  WARREN_CHECK(properties.ok(), "the properties of a message were checked when it was published");
  return std::move(*properties);
}

bool has_text(const Table& table, std::string_view name, std::string_view text) {
  const Value* value = table.find(name);
  return value != nullptr && value->text() != nullptr && *value->text() == text;
}

// The newest event first. Only what this broker wrote is history (amqp.md 5.6, 4.x).
Array deaths_of(const Message& message, const Table& headers) {
  const Value* value = message.traits().died_here ? headers.find(kDeaths) : nullptr;
  return value == nullptr || value->get<Array>() == nullptr ? Array{} : *value->get<Array>();
}

void add_texts(const Value* value, std::vector<std::string>& keys) {
  if (value == nullptr || value->get<Array>() == nullptr) return;
  for (const Value& element : *value->get<Array>())
    if (element.text() != nullptr) keys.push_back(*element.text());
}

// The keys that the message was routed by last. A routing key set by a dead-letter target took the place of CC for
// good, though the header stays; the keys noted at the last death, if they begin with the present key, tell.
std::vector<std::string> keys_of(const Message& message, const Table& headers, bool with_bcc) {
  const std::string own(message.routing_key());
  std::vector<std::string> keys;
  const Array deaths = deaths_of(message, headers);
  if (!deaths.empty() && deaths.front().get<Table>() != nullptr) {
    add_texts(deaths.front().get<Table>()->find("routing-keys"), keys);
    if (keys.empty() || keys.front() != own) keys = {own};
    return keys;
  }
  keys.push_back(own);
  add_texts(headers.find("CC"), keys);
  if (with_bcc) add_texts(headers.find("BCC"), keys);
  return keys;
}

Table new_death(const Message& message, const Table& headers, std::string_view queue, DeathReason reason,
                WallSeconds now_s) {
  Array keys;
  for (const std::string& key : keys_of(message, headers, false)) keys.emplace_back(std::string_view(key));
  Table death;
  if (message.traits().expiration_ms >= 0)
    death.set("original-expiration", std::string_view(std::to_string(message.traits().expiration_ms)));
  death.set("count", std::int64_t{1});
  death.set("reason", name_of(reason));
  death.set("queue", queue);
  death.set("time", amqp::Timestamp{static_cast<std::uint64_t>(now_s)});
  death.set("exchange", message.exchange());
  death.set("routing-keys", std::move(keys));
  return death;
}

// One entry per queue and reason: a repeat counts up and moves to the front, all else in it stays.
void note_death(Array& deaths, Table death) {
  const std::string queue = *death.find("queue")->text();
  const std::string reason = *death.find("reason")->text();
  const auto known = std::find_if(deaths.begin(), deaths.end(), [&](const Value& one) {
    const Table* table = one.get<Table>();
    return table != nullptr && has_text(*table, "queue", queue) && has_text(*table, "reason", reason);
  });
  if (known == deaths.end()) {
    deaths.insert(deaths.begin(), Value(std::move(death)));
    return;
  }
  Table& table = *known->get<Table>();
  const Value* count = table.find("count");
  table.set("count", (count == nullptr ? 0 : amqp::as_integer(*count).value_or(0)) + 1);
  std::rotate(deaths.begin(), known, known + 1);
}

void note_summary(Table& headers, std::string_view which, const Message& message, std::string_view queue,
                  DeathReason reason) {
  const std::string prefix = "x-" + std::string(which) + "-death-";
  headers.set(prefix + "exchange", message.exchange());
  headers.set(prefix + "queue", queue);
  headers.set(prefix + "reason", name_of(reason));
}

// An argument may hold more than a message can name.
std::string_view as_short_string(std::string_view text) { return text.substr(0, limits::kShortStringBytesMax); }

}  // namespace

std::vector<std::string> routing_keys_of(const Message& message) {
  return keys_of(message, properties_of(message).headers, true);
}

std::vector<std::string> dead_letter_keys(const Message& message, const DeadLetterTarget& target) {
  if (target.routing_key) return {*target.routing_key};
  return routing_keys_of(message);
}

MessageRef make_dead_letter(const Message& message, std::string_view queue, DeathReason reason,
                            const DeadLetterTarget& target, WallSeconds now_s) {
  amqp::Properties properties = properties_of(message);
  Table& headers = properties.headers;
  Array deaths = deaths_of(message, headers);
  note_death(deaths, new_death(message, headers, queue, reason, now_s));
  if (!message.traits().died_here) note_summary(headers, "first", message, queue, reason);
  note_summary(headers, "last", message, queue, reason);
  headers.set(kDeaths, std::move(deaths));
  headers.sort_and_dedupe();
  properties.has_headers = true;
  properties.expiration.reset();

  MessageTraits traits = message.traits();
  traits.expiration_ms = MessageTraits::kNoExpiration;
  traits.died_here = true;
  ByteBuffer encoded;
  amqp::encode_properties(properties, encoded);
  const std::string_view key = target.routing_key ? std::string_view(*target.routing_key) : message.routing_key();
  MessageDraft draft(as_short_string(target.exchange), as_short_string(key), encoded.view(), message.body_bytes(),
                     traits);
  draft.append(message.body());
  return draft.finish();
}

bool dropped_by_cycle(const Message& dead_letter, std::string_view queue) {
  for (const Value& one : deaths_of(dead_letter, properties_of(dead_letter).headers)) {
    const Table* death = one.get<Table>();
    if (death == nullptr || has_text(*death, "reason", name_of(DeathReason::rejected))) return false;
    if (has_text(*death, "queue", queue)) return true;
  }
  return false;
}

}  // namespace warren::broker
