// Bytes on their way to a client's socket: small things copied, large bodies by reference.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "broker/message.hpp"

namespace warren::broker::session {

// A piece of a message's body that goes between two pieces of the copied bytes.
struct BodyPiece {
  std::size_t before = 0;  // stands in front of bytes()[before]
  MessageRef message;
  std::uint32_t first = 0;
  std::uint32_t bytes = 0;
};

// Filled by a session within one step, then handed to the driver as a whole. Order is kept.
class Output {
 public:
  Output() = default;
  Output(Output&& other) noexcept
      : bytes_(std::move(other.bytes_)),
        pieces_(std::move(other.pieces_)),
        piece_bytes_(std::exchange(other.piece_bytes_, 0)) {}
  Output& operator=(Output&& other) noexcept {
    bytes_ = std::move(other.bytes_);
    pieces_ = std::move(other.pieces_);
    piece_bytes_ = std::exchange(other.piece_bytes_, 0);
    return *this;
  }

  // Where copied bytes are appended.
  ByteBuffer& bytes() { return bytes_; }
  const ByteBuffer& bytes() const { return bytes_; }
  const std::vector<BodyPiece>& pieces() const { return pieces_; }

  // Requires: first + bytes within the body.
  void append_body(const MessageRef& message, std::uint32_t first, std::uint32_t bytes) {
    pieces_.push_back({bytes_.size(), message, first, bytes});
    piece_bytes_ += bytes;
  }

  bool empty() const { return bytes_.empty() && pieces_.empty(); }
  std::size_t size() const { return bytes_.size() + piece_bytes_; }

  // Gives the memory back.
  void release() {
    *this = Output();
    bytes_.release();
  }

  // Keeps the memory for the next use.
  void clear() {
    bytes_.clear();
    pieces_.clear();
    piece_bytes_ = 0;
  }

 private:
  ByteBuffer bytes_;
  std::vector<BodyPiece> pieces_;
  std::size_t piece_bytes_ = 0;
};

}  // namespace warren::broker::session
