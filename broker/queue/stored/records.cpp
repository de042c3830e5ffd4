#include "broker/queue/stored/records.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace warren::broker {
namespace {

// Zero stands for none.
std::uint64_t encode_deadline(WallMs deadline) {
  return deadline == kNever ? 0 : static_cast<std::uint64_t>(deadline < 0 ? 0 : deadline) + 1;
}
WallMs decode_deadline(std::uint64_t number) {
  return number == 0 || number > static_cast<std::uint64_t>(kNever) ? kNever : static_cast<WallMs>(number - 1);
}

}  // namespace

ByteBuffer RecordWriter::take() {
  queue_ = {};
  last_ = {};
  begin_ = 0;
  return std::move(out_);
}

void RecordWriter::speak_of(QueueId queue, Position next_position) {
  if (queue == queue_ && (next_position == 0 || next_position == next_position_)) return;
  tag(RecordTag::queue);
  append_varint(out_, queue.value);
  append_varint(out_, next_position);
  if (queue != queue_) touched_.push_back({queue});
  queue_ = queue;
  next_position_ = next_position;
}

void RecordWriter::enqueue(QueueId queue, Position position, const MessageRef& message, WallMs deadline) {
  speak_of(queue, position);
  ++next_position_;
  Touched& touched = touched_.back();
  // A copy is filled with what lies behind it, too.
  touched.first = touched.first == 0 ? position : std::min(touched.first, position);
  touched.last = std::max(touched.last, position);
  const std::size_t at = out_.size();
  if (last_.get() == message.get()) {
    tag(RecordTag::again);
    append_varint(out_, encode_deadline(deadline));
    append_varint(out_, at - last_at_);
    return;
  }
  tag(RecordTag::enqueue);
  append_varint(out_, encode_deadline(deadline));
  // A sole reference needs no remembering, and costs no counting.
  last_ = message->shared() ? message : MessageRef();
  last_at_ = out_.size();
  append_message(out_, *message);
}

void RecordWriter::settled(QueueId queue, Position first, Position last) {
  WARREN_CHECK(first <= last, "a settled range is not empty");
  speak_of(queue, 0);
  tag(RecordTag::settled);
  append_varint(out_, first);
  append_varint(out_, last - first);
}

void RecordWriter::delivered(QueueId queue, Level level, Position up_to) {
  speak_of(queue, 0);
  tag(RecordTag::delivered);
  *out_.extend(1) = static_cast<char>(level);
  append_varint(out_, up_to);
}

void RecordWriter::chunk_gone(QueueId queue, Level level, Position first, Position last) {
  WARREN_CHECK(first <= last, "a chunk is not empty");
  speak_of(queue, 0);
  tag(RecordTag::chunk_gone);
  *out_.extend(1) = static_cast<char>(level);
  append_varint(out_, first);
  append_varint(out_, last - first);
}

void RecordWriter::definition(std::string_view key, std::string_view value, bool erased) {
  tag(RecordTag::definition);
  *out_.extend(1) = erased ? 1 : 0;
  append_varint(out_, key.size());
  out_.append(key);
  append_varint(out_, value.size());
  out_.append(value);
}

const ReadRecord* RecordWalk::next() {
  while (ok_ && !reader_.at_end()) {
    const std::size_t at = reader_.offset();
    const auto tag = static_cast<RecordTag>(reader_.octet());
    ok_ = read_one(tag, at) && reader_.ok();
    if (ok_ && tag != RecordTag::queue) return &record_;
  }
  return nullptr;
}

bool RecordWalk::read_one(RecordTag tag, std::size_t at) {
  record_.tag = tag;
  switch (tag) {
    case RecordTag::queue:
      record_.queue = QueueId(reader_.varint());
      next_position_ = reader_.varint();
      return true;
    case RecordTag::enqueue: return read_enqueue();
    case RecordTag::again: return read_again(at);
    case RecordTag::chunk_gone: record_.level = reader_.octet(); [[fallthrough]];
    case RecordTag::settled:
      record_.first = reader_.varint();
      record_.last = record_.first + reader_.varint();
      return record_.queue && record_.first != 0 && record_.last >= record_.first;
    case RecordTag::delivered:
      record_.level = reader_.octet();
      record_.first = record_.last = reader_.varint();
      return static_cast<bool>(record_.queue);
    case RecordTag::definition:
      record_.erased = reader_.octet() != 0;
      record_.key = reader_.bytes(reader_.varint());
      record_.value = reader_.bytes(reader_.varint());
      return true;
  }
  return false;
}

bool RecordWalk::read_enqueue() {
  record_.deadline = decode_deadline(reader_.varint());
  const std::size_t begin = reader_.offset();
  if (!reader_.ok() || !skip_message(reader_, record_.glance)) return false;
  record_.message = chunk_.substr(begin, reader_.offset() - begin);
  record_.first = record_.last = next_position_++;
  return record_.queue && record_.first != 0;
}

bool RecordWalk::read_again(std::size_t at) {
  record_.deadline = decode_deadline(reader_.varint());
  const std::uint64_t back = reader_.varint();
  if (!reader_.ok() || back > at) return false;
  RecordReader earlier(chunk_.substr(at - back, back));
  if (!skip_message(earlier, record_.glance)) return false;
  record_.message = chunk_.substr(at - back, earlier.offset());
  record_.first = record_.last = next_position_++;
  return record_.queue && record_.first != 0;
}

}  // namespace warren::broker
