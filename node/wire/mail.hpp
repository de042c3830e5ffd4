// Mail between shards of different nodes as bytes.
//
//   batch    shard, revision seen, publish bytes, returned bytes, then four times how many and as many items:
//            commands for queues, events for sessions, letters, mail of queues and their copies
//   item     tag (mail_fields.hpp), receiver, fields
//   queue    identity, epoch
//   session  identity rotated left by 16 bits, since its upper ones tell the shard; node, shard
//   message  0 none; 1 the message follows (message_record.hpp); 2 it follows and may be referred to; n > 2: the one
//            that was the (n - 2)th last to be sent with 2
//   text     how many bytes, the bytes; a table as AMQP writes it; records of a shipment the same, 0 for none
//   ranges   how many; of each the distance from the end of the one before, and how many positions more
//   weights  how many; of each the distance from the position of the one before, and the weight
//
// Numbers are varints (varint.hpp), signed ones with the sign in the lowest bit.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "node/mail_batch.hpp"

namespace warren::node {

// Appends. Requires: the batch holds nothing that must not leave its node: no applied commands, memories, proposals or
// decisions.
void encode(const MailBatch& batch, ByteBuffer& out);
void encode(const MailBatch& batch, std::string& out);

// Requires: `batch` is empty. False for what is no batch; then there may be something in it.
bool decode(std::string_view bytes, MailBatch& batch);

}  // namespace warren::node
