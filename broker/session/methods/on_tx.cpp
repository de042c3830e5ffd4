// Transactions (amqp.md 3.17).
#include <utility>

#include "broker/session/methods/handlers.hpp"

namespace warren::broker::session {
namespace {

using amqp::ReplyCode;

Failure check_transactional(const Desk& desk) {
  if (desk.channel.mode == ChannelMode::transactional) return {};
  return refuse(ReplyCode::precondition_failed, "channel is not transactional");
}

}  // namespace

Failure on(Desk& desk, const amqp::TxSelect&) {
  Channel& channel = desk.channel;
  if (channel.mode == ChannelMode::confirming)
    return refuse(ReplyCode::precondition_failed, "cannot switch from confirm to tx mode");
  channel.mode = ChannelMode::transactional;
  if (!channel.transaction) channel.transaction = std::make_unique<Transaction>();
  desk.reply(amqp::TxSelectOk{});
  return {};
}

Failure on(Desk& desk, const amqp::TxCommit&) {
  if (Failure failure = check_transactional(desk)) return failure;
  Transaction& transaction = *desk.channel.transaction;
  for (BufferedPublish& publish : transaction.publishes) {
    // Nodes may have ended since.
    Reach& reach = desk.session.reach;
    find_reach(desk.context.catalog, desk.session.self.node, publish.queues, reach);
    reach.absent |= publish.absent;
    if (publish.returnable && reach.queues.empty()) return_unroutable(desk, publish.message);
    enqueue(desk, publish.message, reach.queues, expect_confirms(desk, transaction.confirms, reach));
  }
  for (Remember& memory : transaction.memories) desk.context.memories.push_back(std::move(memory));
  for (const BufferedSettle& settle : transaction.settles) settle_buffered(desk, settle);
  transaction.publishes.clear();
  transaction.memories.clear();
  transaction.settles.clear();
  desk.channel.awaiting = Awaiting::commit;
  desk.mark_unflushed();
  return {};
}

Failure on(Desk& desk, const amqp::TxRollback&) {
  if (Failure failure = check_transactional(desk)) return failure;
  Transaction& transaction = *desk.channel.transaction;
  for (const BufferedSettle& settle : transaction.settles)
    for (const std::uint64_t tag : settle.tags)
      if (UnsettledDelivery* entry = desk.channel.unsettled.find_buffered(tag)) entry->buffered = false;
  transaction.publishes.clear();
  transaction.memories.clear();
  transaction.settles.clear();
  desk.reply(amqp::TxRollbackOk{});
  return {};
}

Failure finish_commit(Desk& desk) {
  Transaction& transaction = *desk.channel.transaction;
  if (transaction.confirms.open() != 0) return {};
  const bool rejected = transaction.confirms.any_rejected();
  transaction.confirms = Confirms();
  desk.channel.awaiting = Awaiting::nothing;
  if (rejected) return refuse(ReplyCode::precondition_failed, "partial tx completion");
  desk.reply(amqp::TxCommitOk{});
  return {};
}

}  // namespace warren::broker::session
