#include "node/wire/mail.hpp"

#include <algorithm>
#include <concepts>
#include <utility>
#include <variant>

#include "base/check.hpp"
#include "node/wire/mail_fields.hpp"
#include "node/wire/mail_reader.hpp"
#include "node/wire/mail_writer.hpp"

namespace warren::node {
namespace {

// Items for which room is made before they are read.
constexpr std::size_t kReservedMax = 1024;
// No item is shorter: tag, receiver, a field.
constexpr std::size_t kItemBytesMin = 4;

void stays_within_its_node(const MailBatch& batch) {
  WARREN_CHECK(batch.applied.empty() && batch.proposals.empty(), "definitions cross nodes through the registrar only");
  WARREN_CHECK(batch.memories.empty(), "histories are kept on each node by itself");
  WARREN_CHECK(batch.publish_bytes >= 0 && batch.returned_bytes >= 0, "bytes under way are not negative");
}

void write_content(MailWriter& writer, const auto& content, const auto& write_receiver) {
  writer.choice(tag_of(content), MailTag::none);
  write_receiver();
  mail_fields(content, writer);
}

void write(MailWriter& writer, const broker::QueueMail& mail) {
  std::visit([&](const auto& command) { write_content(writer, command, [&] { writer.queue(mail.to); }); },
             mail.command);
}

void write(MailWriter& writer, const broker::SessionMail& mail) {
  std::visit([&](const auto& event) { write_content(writer, event, [&] { writer.session(mail.to); }); }, mail.event);
}

void write(MailWriter& writer, const mirror::MirrorMail& mail) {
  std::visit([&](const auto& content) { write_content(writer, content, [&] { writer.queue(mail.queue); }); },
             mail.content);
}

void write(MailWriter& writer, const broker::Letter& letter) {
  WARREN_CHECK(!std::holds_alternative<broker::Decided>(letter.content), "decisions stay within their node");
  const auto write_letter = [&]<class Content>(const Content& content) {
    if constexpr (!std::same_as<Content, broker::Decided>)
      write_content(writer, content, [&] { writer.session(letter.to); });
  };
  std::visit(write_letter, letter.content);
}

template <class Item>
void write_all(MailWriter& writer, const std::vector<Item>& items) {
  writer.begin();
  writer.number(items.size());
  writer.end();
  for (const Item& item : items) {
    writer.begin();
    write(writer, item);
    writer.end();
  }
}

// The content is made first and moved in: an item that is made empty begins with zeros for the largest kind there is.
template <class Content, class Receiver, class Item>
bool read_as(MailReader& reader, const Receiver& to, std::vector<Item>& items) {
  Content content;
  mail_fields(content, reader);
  if (!reader.ok()) return false;
  items.push_back({to, std::move(content)});
  return true;
}

bool read_item(MailReader& reader, std::vector<broker::QueueMail>& items) {
  const auto tag = static_cast<MailTag>(reader.octet());
  QueueRef to;
  reader.queue(to);
  switch (tag) {
    case MailTag::enqueue: return read_as<broker::Enqueue>(reader, to, items);
    case MailTag::enqueue_again:
      if (!read_as<broker::Enqueue>(reader, to, items)) return false;
      std::get<broker::Enqueue>(items.back().command).redelivered = true;
      return true;
    case MailTag::attach: return read_as<broker::Attach>(reader, to, items);
    case MailTag::detach: return read_as<broker::Detach>(reader, to, items);
    case MailTag::get: return read_as<broker::Get>(reader, to, items);
    case MailTag::settle: return read_as<broker::Settle>(reader, to, items);
    case MailTag::replenish: return read_as<broker::Replenish>(reader, to, items);
    case MailTag::pause: return read_as<broker::Pause>(reader, to, items);
    case MailTag::inspect: return read_as<broker::Inspect>(reader, to, items);
    case MailTag::purge: return read_as<broker::Purge>(reader, to, items);
    case MailTag::remove: return read_as<broker::Delete>(reader, to, items);
    case MailTag::stay: return read_as<broker::Stay>(reader, to, items);
    default: return false;
  }
}

bool read_item(MailReader& reader, std::vector<broker::SessionMail>& items) {
  const auto tag = static_cast<MailTag>(reader.octet());
  SessionRef to;
  reader.session(to);
  switch (tag) {
    case MailTag::delivery: return read_as<broker::Delivery>(reader, to, items);
    case MailTag::confirmed: return read_as<broker::Confirmed>(reader, to, items);
    case MailTag::rejected: return read_as<broker::Rejected>(reader, to, items);
    case MailTag::attached: return read_as<broker::Attached>(reader, to, items);
    case MailTag::attach_refused: return read_as<broker::AttachRefused>(reader, to, items);
    case MailTag::detached: return read_as<broker::Detached>(reader, to, items);
    case MailTag::get_answer: return read_as<broker::GetAnswer>(reader, to, items);
    case MailTag::counted: return read_as<broker::Counted>(reader, to, items);
    case MailTag::purged: return read_as<broker::Purged>(reader, to, items);
    case MailTag::delete_answer: return read_as<broker::DeleteAnswer>(reader, to, items);
    case MailTag::paused: return read_as<broker::Paused>(reader, to, items);
    case MailTag::consumer_lost: return read_as<broker::ConsumerLost>(reader, to, items);
    default: return false;
  }
}

bool read_item(MailReader& reader, std::vector<mirror::MirrorMail>& items) {
  const auto tag = static_cast<MailTag>(reader.octet());
  QueueRef queue;
  reader.queue(queue);
  switch (tag) {
    case MailTag::begin: return read_as<mirror::Begin>(reader, queue, items);
    case MailTag::shipment: return read_as<mirror::Shipment>(reader, queue, items);
    case MailTag::holdings: return read_as<mirror::Holdings>(reader, queue, items);
    case MailTag::held: return read_as<mirror::Held>(reader, queue, items);
    case MailTag::lost: return read_as<mirror::Lost>(reader, queue, items);
    case MailTag::seal: return read_as<mirror::Seal>(reader, queue, items);
    case MailTag::sealed: return read_as<mirror::Sealed>(reader, queue, items);
    case MailTag::weigh: return read_as<mirror::Weigh>(reader, queue, items);
    case MailTag::weighed: return read_as<mirror::Weighed>(reader, queue, items);
    default: return false;
  }
}

bool read_item(MailReader& reader, std::vector<broker::Letter>& items) {
  const auto tag = static_cast<MailTag>(reader.octet());
  SessionRef to;
  reader.session(to);
  switch (tag) {
    case MailTag::direct_reply: return read_as<broker::DirectReply>(reader, to, items);
    case MailTag::reply_consumer_question: return read_as<broker::ReplyConsumerQuestion>(reader, to, items);
    case MailTag::reply_consumer_answer: return read_as<broker::ReplyConsumerAnswer>(reader, to, items);
    default: return false;
  }
}

template <class Item>
bool read_all(MailReader& reader, std::vector<Item>& items) {
  std::uint64_t count = 0;
  reader.number(count);
  if (!reader.ok() || count > reader.left() / kItemBytesMin) return false;
  items.reserve(std::min<std::uint64_t>(count, kReservedMax));
  for (; count > 0; --count)
    if (!read_item(reader, items)) return false;
  return true;
}

bool read_bytes_under_way(MailReader& reader, std::int64_t& bytes) {
  std::uint64_t number = 0;
  reader.number(number);
  bytes = static_cast<std::int64_t>(number);
  return bytes >= 0;
}

}  // namespace

void encode(const MailBatch& batch, ByteBuffer& out) {
  stays_within_its_node(batch);
  MailWriter writer(out);
  writer.begin();
  writer.number(batch.from);
  writer.number(batch.seen.value);
  writer.number(static_cast<std::uint64_t>(batch.publish_bytes));
  writer.number(static_cast<std::uint64_t>(batch.returned_bytes));
  writer.end();
  write_all(writer, batch.queue_mail);
  write_all(writer, batch.session_mail);
  write_all(writer, batch.letters);
  write_all(writer, batch.mirror_mail);
}

void encode(const MailBatch& batch, std::string& out) {
  ByteBuffer bytes;
  encode(batch, bytes);
  out.append(bytes.view());
}

bool decode(std::string_view bytes, MailBatch& batch) {
  MailReader reader(bytes);
  reader.number(batch.from);
  reader.number(batch.seen.value);
  if (!read_bytes_under_way(reader, batch.publish_bytes)) return false;
  if (!read_bytes_under_way(reader, batch.returned_bytes)) return false;
  return read_all(reader, batch.queue_mail) && read_all(reader, batch.session_mail) &&
         read_all(reader, batch.letters) && read_all(reader, batch.mirror_mail) && reader.ok() && reader.at_end();
}

}  // namespace warren::node
