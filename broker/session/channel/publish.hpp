// A publish on its way in: method, properties and body, and what the last one taught us about the next.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "amqp/methods/basic.hpp"
#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "broker/catalog/definitions.hpp"
#include "broker/message.hpp"
#include "broker/refusal.hpp"
#include "broker/session/rules/reach.hpp"

namespace warren::broker::session {

// What the properties ask for beyond being carried. Most messages have none of it.
struct PublishExtras {
  std::vector<std::string> extra_keys;  // CC and BCC (amqp.md 4.14)
  std::optional<Refusal> refusal;       // found wrong; told when its turn in the order of checks comes
  bool undecodable = false;
};

struct IncomingPublish {
  ByteBuffer arguments;  // of basic.publish; `method` points into it
  amqp::BasicPublish method;
  MessageDraft draft;  // none when the body is too large to be kept
  std::uint64_t body_bytes = 0;
  std::unique_ptr<PublishExtras> extras;
};

// The route of the channel's last publish. While the catalog stands still, the same arguments go the same way, and are
// allowed.
struct PublishMemo {
  CatalogStamp stamp;
  ByteBuffer arguments;
  Reach reach;
  bool valid = false;
};

}  // namespace warren::broker::session
