#include "server/gather.hpp"

#include <algorithm>

namespace warren::server {
namespace {

// What Asio hands to the system in one call.
constexpr std::size_t kBuffersMax = 64;

}  // namespace

const std::vector<boost::asio::const_buffer>& Gather::next() {
  buffers_.clear();
  skip_ = taken_;
  const char* bytes = output_.bytes().data();
  std::size_t at = 0;
  for (const broker::session::BodyPiece& piece : output_.pieces()) {
    if (buffers_.size() >= kBuffersMax) return buffers_;
    add(bytes + at, piece.before - at);
    at = piece.before;
    if (buffers_.size() >= kBuffersMax) return buffers_;
    add(piece.message->body().data() + piece.first, piece.bytes);
  }
  if (buffers_.size() < kBuffersMax) add(bytes + at, output_.bytes().size() - at);
  return buffers_;
}

void Gather::add(const char* data, std::size_t bytes) {
  const std::size_t skipped = std::min(skip_, bytes);
  skip_ -= skipped;
  if (bytes > skipped) buffers_.emplace_back(data + skipped, bytes - skipped);
}

}  // namespace warren::server
