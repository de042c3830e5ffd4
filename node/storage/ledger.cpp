#include "node/storage/ledger.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "node/storage/codec.hpp"
#include "persist/journal/format.hpp"

namespace warren::node {
namespace {

constexpr std::size_t kBlanksKept = 8;

void widen(Span& span, Position first, Position last) {
  if (first == 0) return;
  span.first = span.first == 0 ? first : std::min(span.first, first);
  span.last = std::max(span.last, last);
}

}  // namespace

void Ledger::restore(RecoveredJournal recovered) {
  stamp_ = recovered.stamp;
  reigns_ = recovered.reigns;
  if (!recovered.any) return;
  current_ = std::move(recovered.spans);
  current_files_ = std::max<std::size_t>(recovered.segments, 1);
  for (broker::DefinitionWrite& write : recovered.definitions) definitions_[write.key] = std::move(write);
  begun_ = true;
}

void Ledger::want_blank() {
  if (records_.begun() || !settings_.enabled) return;
  ByteBuffer blank;
  if (!blanks_.empty()) {
    blank = std::move(blanks_.back());
    blanks_.pop_back();
  }
  blank.clear();
  blank.extend(persist::kChunkHeaderBytes);
  records_.begin(std::move(blank));
}

std::optional<ByteBuffer> Ledger::take_write() {
  if (!records_.begun() || records_.empty()) {
    WARREN_CHECK(mail_.empty(), "mail that waits for the journal has something written there");
    return std::nullopt;
  }
  if (!stamped_) define({stamp_key(), encode_stamp(++stamp_), false});
  stamped_ = true;
  ++last_write_;
  for (const broker::RecordWriter::Touched& touched : records_.touched())
    widen(current_[touched.queue], touched.first, touched.last);
  written_.push_back({last_write_, records_.bytes()});
  undurable_bytes_ += records_.bytes();
  for (broker::SessionMail& mail : mail_) held_mail_.push_back({last_write_, std::move(mail)});
  mail_.clear();
  return records_.take();
}

void Ledger::durable(WriteNumber write, std::vector<broker::SessionMail>& mail) {
  durable_write_ = std::max(durable_write_, write);
  while (!written_.empty() && written_.front().write <= durable_write_) undurable_bytes_ -= written_.pop_front().bytes;
  while (!held_mail_.empty() && held_mail_.front().write <= durable_write_) mail.push_back(held_mail_.pop_front().mail);
  if (blanks_.size() > kBlanksKept) blanks_.resize(kBlanksKept);
}

// What was recorded up to now counts to the segment that ends, the last write too, though it lies in the new one: it is
// emptied a little earlier than needed.
void Ledger::segment_begun(std::uint64_t segment, std::uint64_t position) {
  if (!std::exchange(begun_, true)) return;
  segments_.push_back({segment, position, std::exchange(current_, {}), current_files_});
  full_files_ += std::exchange(current_files_, 1);
}

Checkpoint Ledger::checkpoint_behind_oldest(ShardIndex shard) const {
  return {shard, segments_.front().number, segments_.front().position};
}

void Ledger::define(const broker::DefinitionWrite& write) {
  want_blank();
  records_.definition(write.key, write.value, write.erased);
  definitions_[write.key] = write;
  stamped_ = false;
}

std::vector<broker::DefinitionWrite> Ledger::take_definitions() {
  std::vector<broker::DefinitionWrite> writes;
  writes.reserve(definitions_.size());
  for (auto& [key, write] : definitions_) writes.push_back(std::move(write));
  definitions_.clear();
  return writes;
}

}  // namespace warren::node
