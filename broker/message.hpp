// One published message: immutable once built, counted, shared by every queue and delivery that needs it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/time.hpp"

namespace warren::broker {

class Message;

// A counted reference. The last one gives the memory back, on whatever thread it is dropped.
class MessageRef {
 public:
  MessageRef() = default;
  MessageRef(const MessageRef& other);
  MessageRef(MessageRef&& other) noexcept : message_(std::exchange(other.message_, nullptr)) {}
  MessageRef& operator=(MessageRef other) noexcept {
    std::swap(message_, other.message_);
    return *this;
  }
  ~MessageRef();

  const Message* operator->() const { return message_; }
  const Message& operator*() const { return *message_; }
  explicit operator bool() const { return message_ != nullptr; }
  const Message* get() const { return message_; }

 private:
  friend class MessageDraft;
  explicit MessageRef(Message* message) : message_(message) {}

  Message* message_ = nullptr;
};

// What the broker needs to know of a message's properties without reading them again.
struct MessageTraits {
  static constexpr std::int64_t kNoExpiration = -1;

  std::int64_t expiration_ms = kNoExpiration;  // the expiration property, or none
  std::uint8_t priority = 0;
  bool persistent = false;  // delivery-mode 2
  bool died_here = false;   // the x-death header was written by this broker, not by a client (amqp.md 5.6)
};

// Lies in one piece of memory: this header, then exchange and routing key as two AMQP short strings, then the
// properties as they stand in a content header (flags and values), then the body. Deliveries copy these bytes as they
// are.
class Message {
 public:
  std::string_view exchange() const { return {text() + 1, exchange_bytes_}; }
  std::string_view routing_key() const { return {text() + 2 + exchange_bytes_, routing_key_bytes_}; }
  // Both names with their length octets, as basic.deliver, get-ok and return carry them.
  std::string_view encoded_names() const { return {text(), names_bytes()}; }
  // Property flags and values, as a content header carries them.
  std::string_view properties() const { return {text() + names_bytes(), properties_bytes_}; }
  std::string_view body() const { return {text() + names_bytes() + properties_bytes_, body_bytes_}; }
  std::uint32_t body_bytes() const { return body_bytes_; }
  // Memory that the message takes as a whole.
  std::size_t footprint_bytes() const { return sizeof(Message) + names_bytes() + properties_bytes_ + body_bytes_; }

  const MessageTraits& traits() const { return traits_; }
  // Whether there are more references than the caller's. A moment old, and exact when the answer is no.
  bool shared() const { return references_.load(std::memory_order_relaxed) > 1; }

 private:
  friend class MessageRef;
  friend class MessageDraft;
  Message() = default;

  const char* text() const { return reinterpret_cast<const char*>(this + 1); }
  char* text() { return reinterpret_cast<char*>(this + 1); }
  std::size_t names_bytes() const { return 2u + exchange_bytes_ + routing_key_bytes_; }
  void drop() {
    // A sole owner needs no read-modify-write: nobody else can count it up.
    if (references_.load(std::memory_order_acquire) == 1 || references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      release();
  }
  void release();

  std::atomic<std::uint32_t> references_{1};
  std::uint32_t properties_bytes_ = 0;
  std::uint32_t body_bytes_ = 0;
  std::uint8_t exchange_bytes_ = 0;
  std::uint8_t routing_key_bytes_ = 0;
  MessageTraits traits_;
};

// A whole message at once, from parts that are at hand. Requires what MessageDraft requires.
MessageRef make_message(std::string_view exchange, std::string_view routing_key, std::string_view properties,
                        std::string_view body, const MessageTraits& traits);

// A message under construction: owned by one, its body still coming. Memory is taken for what has come, not for what
// was announced.
class MessageDraft {
 public:
  MessageDraft() = default;
  // Requires: names of at most 255 bytes, body_bytes within limits::kBodyBytesCeiling.
  MessageDraft(std::string_view exchange, std::string_view routing_key, std::string_view properties,
               std::size_t body_bytes, const MessageTraits& traits);

  explicit operator bool() const { return static_cast<bool>(message_); }
  // Adds to the body. Requires: no more in all than was announced.
  void append(std::string_view part);
  // Gives the finished message away and leaves the draft empty. Requires: the whole body was appended.
  MessageRef finish();

 private:
  friend MessageRef make_message(std::string_view, std::string_view, std::string_view, std::string_view,
                                 const MessageTraits&);
  void begin(std::string_view exchange, std::string_view routing_key, std::string_view properties,
             std::size_t body_bytes, std::size_t room, const MessageTraits& traits);
  void grow(std::size_t needed);

  MessageRef message_;  // its body is as long as there is room for it
  std::uint32_t announced_ = 0;
  std::uint32_t received_ = 0;
};

inline MessageRef::MessageRef(const MessageRef& other) : message_(other.message_) {
  if (message_ != nullptr) message_->references_.fetch_add(1, std::memory_order_relaxed);
}

inline MessageRef::~MessageRef() {
  if (message_ != nullptr) message_->drop();
}

}  // namespace warren::broker
