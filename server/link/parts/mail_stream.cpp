#include "server/link/parts/mail_stream.hpp"

#include <algorithm>
#include <utility>

namespace warren::server {

bool MailStream::push(FrameBytes frame) {
  if (!frames_.empty() && bytes_ + frame->size() > kUnacknowledgedBytesMax) return false;
  bytes_ += frame->size();
  frames_.push_back(std::move(frame));
  return true;
}

void MailStream::received(std::size_t bytes) {
  ++received_;
  untold_bytes_ += bytes;
  heard_ = true;
}

bool MailStream::acknowledged(std::uint64_t up_to) {
  if (up_to < acknowledged_ || up_to - acknowledged_ > frames_.size()) return false;
  for (; acknowledged_ < up_to; ++acknowledged_) {
    bytes_ -= frames_.front()->size();
    frames_.pop_front();
  }
  heard_ = true;
  return true;
}

bool MailStream::reset() {
  const bool anything = agreed() || !frames_.empty();
  peer_incarnation_ = 0;
  heard_ = false;
  frames_.clear();
  bytes_ = 0;
  acknowledged_ = received_ = 0;
  told();
  return anything;
}

bool MailStream::set_number(std::uint64_t number) {
  if (number <= number_) return false;
  number_ = number;
  return reset();
}

bool MailStream::meets(std::uint64_t incarnation) { return agreed() && peer_incarnation_ != incarnation && reset(); }

cluster::Greeting MailStream::greeting(NodeId self, std::uint64_t incarnation) const {
  return {self, incarnation, number_, generation_, peer_incarnation_, received_};
}

MailStream::Meeting MailStream::meet(const cluster::Greeting& told, const cluster::Greeting& heard) {
  Meeting meeting;
  const bool same_processes = told.remembers == heard.incarnation && heard.remembers == told.incarnation;
  if (same_processes && told.generation == heard.generation && told.number == heard.number) {
    this->told();
    meeting.sound = acknowledged(heard.received);
    return meeting;
  }
  meeting.fresh = true;
  // The other never came to know of this generation, so nothing of it has reached anybody.
  const bool only_waited = !heard_ && told.remembers == heard.incarnation && heard.generation < told.generation &&
                           heard.number == told.number;
  if (agreed() && !only_waited) meeting.lost = reset();
  number_ = std::max(told.number, heard.number);
  generation_ = std::max(told.generation, heard.generation) + 1;
  peer_incarnation_ = heard.incarnation;
  heard_ = false;
  acknowledged_ = received_ = 0;
  told_ = untold_bytes_ = 0;
  return meeting;
}

}  // namespace warren::server
