// All mail from one shard to another, of the same node or of another, that one step made.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "broker/catalog/commands.hpp"
#include "broker/catalog/stored/catalog_image.hpp"
#include "broker/queue/effects.hpp"
#include "broker/session/connection_counts.hpp"
#include "broker/session/mail.hpp"
#include "mirror/messages.hpp"

namespace warren::node {

// Kinds keep their order among themselves. Applied commands come first: what follows may speak of what they made.
struct MailBatch {
  ShardIndex from = 0;
  Revision seen;  // the sender's catalog; a receiver that is behind lets the batch wait
  // The catalog becomes this first. Only within a node, as what follows up to the queues' mail.
  std::shared_ptr<const broker::CatalogImage> whole;
  std::vector<broker::Command> applied;
  std::vector<mirror::MirrorMail> mirror_mail;  // only between nodes
  std::vector<broker::QueueMail> queue_mail;
  std::vector<broker::SessionMail> session_mail;
  std::vector<broker::Remember> memories;
  std::vector<broker::Letter> letters;
  std::vector<broker::Propose> proposals;
  std::int64_t publish_bytes =
      0;  // of publishes, memories and shipments; the receiver returns them once they are processed
  std::int64_t returned_bytes = 0;  // of publishes that the receiver of this batch had sent
  bool acknowledges = false;        // the sender has just applied commands: `seen` is news
  // Of the other nodes, from now on (a set of broker::session::Alarm). Only within a node.
  std::optional<std::uint8_t> alarms_elsewhere = {};
  // To vhosts with a limit. From the registrar's shard: all but the receiver's; to it: the sender's. Only within a
  // node.
  std::optional<broker::session::VhostCounts> connections = {};

  bool empty() const {
    return whole == nullptr && applied.empty() && mirror_mail.empty() && queue_mail.empty() && session_mail.empty() &&
           memories.empty() && letters.empty() && proposals.empty() && returned_bytes == 0 && !acknowledges &&
           !alarms_elsewhere && !connections;
  }
};

}  // namespace warren::node
