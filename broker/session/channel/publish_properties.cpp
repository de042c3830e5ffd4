#include "broker/session/channel/publish_properties.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string>
#include <utility>

#include "amqp/properties.hpp"
#include "base/limits.hpp"

namespace warren::broker::session {
namespace {

using amqp::Property;
using amqp::ReplyCode;

constexpr std::string_view kReplyQueue = "amq.rabbitmq.reply-to";
constexpr std::string_view kCarbonCopy = "CC";
constexpr std::string_view kBlindCarbonCopy = "BCC";

void note(PublishExtras& extras, std::string text) {
  if (!extras.refusal) extras.refusal = Refusal{ReplyCode::precondition_failed, std::move(text)};
}

// Reads an expiration as Erlang's string:to_integer would. Returns the milliseconds, or kNoExpiration after noting why
// not.
std::int64_t read_expiration(std::string_view text, PublishExtras& extras) {
  const auto refuse = [&](std::string why) {
    note(extras, fmt::format("invalid expiration '{}': {}", text, why));
    return MessageTraits::kNoExpiration;
  };
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  if (digits == 0) return refuse("no_integer");
  if (digits != rest.size()) return refuse(fmt::format("{{leftover_string,\"{}\"}}", rest.substr(digits)));
  std::string_view number = rest;
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size() - 1));
  if (negative && number != "0") return refuse(fmt::format("{{value_negative,-{}}}", number));
  std::int64_t value = 0;
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), value);
  if (parsed.ec != std::errc() || value > limits::kExpiryMsMax)
    return refuse(fmt::format("{{value_too_large,{}}}", number));
  return value;
}

// Collects the keys of CC or BCC (amqp.md 4.14).
void collect_keys(const amqp::Table& headers, std::string_view name, PublishExtras& extras) {
  const amqp::Value* header = headers.find(name);
  if (header == nullptr) return;
  const amqp::Array* keys = header->get<amqp::Array>();
  if (keys == nullptr) {
    note(extras,
         fmt::format("invalid message: {{unacceptable_type_in_header,\"{}\",{}}}", name, amqp::type_name(*header)));
    return;
  }
  for (const amqp::Value& key : *keys)
    if (const std::string* text = key.text()) extras.extra_keys.push_back(*text);
}

// Whether the body of a headers table may have to be looked into: it names carbon copies, or has a number with the tag
// 'L', which leaves as 'l' (amqp.md 1.9). Looks at the bytes alone: finding these in a value only costs the slow road.
bool needs_a_look(std::string_view headers) {
  constexpr std::string_view kNames[] = {
      "\x02"
      "CC",
      "\x03"
      "BCC",
      "L"};
  return std::any_of(std::begin(kNames), std::end(kNames),
                     [&](std::string_view name) { return headers.find(name) != headers.npos; });
}

// The slow road: something in the properties has to be looked at or rewritten.
void rewrite(const PropertyRules& rules, const amqp::PropertiesView& view, ByteBuffer& scratch,
             PreparedProperties& result) {
  Result<amqp::Properties, amqp::DecodeError> decoded = amqp::decode_properties(result.raw);
  PublishExtras& extras = *(result.extras = std::make_unique<PublishExtras>());
  if (!decoded) {
    extras.undecodable = true;
    return;
  }
  amqp::Properties& properties = *decoded;
  if (properties.reply_to == kReplyQueue) {
    if (rules.reply_address.empty()) note(extras, "fast reply consumer does not exist");
    properties.reply_to = std::string(rules.reply_address);
  }
  if (view.has(Property::user_id) && view.user_id != rules.user && !rules.impersonator)
    note(extras, fmt::format("user_id property set to '{}' but authenticated user was '{}'", view.user_id, rules.user));
  if (view.has(Property::expiration)) {
    result.traits.expiration_ms = read_expiration(view.expiration, extras);
    properties.expiration = std::to_string(result.traits.expiration_ms);
  }
  collect_keys(properties.headers, kCarbonCopy, extras);
  collect_keys(properties.headers, kBlindCarbonCopy, extras);
  properties.headers.erase(kBlindCarbonCopy);
  scratch.clear();
  amqp::encode_properties(properties, scratch);
  result.raw = scratch.view();
  if (extras.extra_keys.empty() && !extras.refusal) result.extras.reset();
}

}  // namespace

PreparedProperties prepare_properties(std::string_view raw, const PropertyRules& rules, ByteBuffer& scratch) {
  PreparedProperties result{raw, {}, nullptr};
  if (raw == amqp::kNoProperties) return result;  // clearing a view costs more than all the rest of this
  amqp::PropertiesView view;
  if (!amqp::scan_properties(raw, view)) {
    result.extras = std::make_unique<PublishExtras>();
    result.extras->undecodable = true;
    result.raw = amqp::kNoProperties;
    return result;
  }
  result.traits.persistent = view.persistent();
  result.traits.priority = view.priority;
  const bool plain = !needs_a_look(view.headers) && !view.has(Property::expiration) && !view.has(Property::user_id) &&
                     view.reply_to != kReplyQueue && (view.flags & amqp::kReservedPropertyBits) == 0;
  if (!plain) rewrite(rules, view, scratch, result);
  return result;
}

}  // namespace warren::broker::session
