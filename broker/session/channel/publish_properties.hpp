// The properties of a publish: checked, and rewritten where the broker stores something else than it was sent
// (amqp.md 1.8, 3.9). Otherwise the bytes stay as they came: headers keep their order, as in RabbitMQ before 3.13.
#pragma once

#include <memory>
#include <string_view>

#include "base/bytes.hpp"
#include "broker/message.hpp"
#include "broker/session/channel/publish.hpp"

namespace warren::broker::session {

// What the checks compare with.
struct PropertyRules {
  std::string_view user;
  bool impersonator = false;
  std::string_view reply_address;  // of the channel's direct reply-to consumer; empty: it has none
};

struct PreparedProperties {
  std::string_view raw;  // the given bytes, or a view into the scratch buffer
  MessageTraits traits;
  std::unique_ptr<PublishExtras> extras;  // null in the usual case
};

// Walks over raw properties (flags and values). Errors are noted in `extras`: their turn comes after the exchange was
// looked up. Requires: both buffers outlive the result's use.
PreparedProperties prepare_properties(std::string_view raw, const PropertyRules& rules, ByteBuffer& scratch);

}  // namespace warren::broker::session
