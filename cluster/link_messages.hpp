// What two nodes say to each other before mail and messages flow, and the frames in which everything travels.
//
//   connection   preamble, frames        in both directions
//   preamble     "WARREN", version u16
//   frame        length of the payload u32, kind u8, payload
//
// The connector says hello, the acceptor says hello, then each proves that it knows the cluster's secret: connector
// first. What follows depends on the purpose: greetings and then control messages; greetings and then mail; a question
// and its answer. A refusal may come instead of anything and ends the connection.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "cluster/limits.hpp"

namespace warren::cluster {

inline constexpr std::string_view kLinkMagic = "WARREN";
inline constexpr std::uint16_t kLinkVersion = 2;
inline constexpr std::size_t kPreambleBytes = 8;
inline constexpr std::size_t kLinkFrameHeaderBytes = 5;
inline constexpr std::size_t kNonceBytes = 32;
inline constexpr std::size_t kProofBytes = 32;
inline constexpr std::size_t kNodeNameBytesMax = 255;

// Of payloads. Before both sides have proven that they know the secret nothing longer than a handshake is read.
inline constexpr std::size_t kHandshakeBytesMax = 1024;
inline constexpr std::size_t kControlBytesMax = 16 << 20;
inline constexpr std::size_t kQuestionBytesMax = 16 << 20;
inline constexpr std::size_t kMailBytesMax = 1u << 30;

static_assert(limits::kRaftMessageBytesMax < kControlBytesMax);
static_assert(kNodeNameBytesMax + kNonceBytes + 64 < kHandshakeBytesMax);

// Between programs of different age: never changed.
enum class LinkFrame : std::uint8_t {
  none = 0,
  hello = 1,
  proof = 2,
  refusal = 3,  // one sentence
  greeting = 4,
  control = 5,
  mail = 6,
  acknowledgement = 7,
  question = 8,
  answer = 9,
};

enum class LinkPurpose : std::uint8_t { none = 0, control = 1, mail = 2, ask = 3 };

struct Hello {
  LinkPurpose purpose = LinkPurpose::none;  // the connector's, repeated by the acceptor
  std::string name;
  std::string nonce;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.choice(1, self.purpose, LinkPurpose::ask);
    visit.text(2, self.name);
    visit.text(3, self.nonce);
  }
};

// What is proven to be known: the secret's code over this.
struct Oath {
  bool by_acceptor = false;
  Hello connector;
  Hello acceptor;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.flag(1, self.by_acceptor);
    visit.record(2, self.connector);
    visit.record(3, self.acceptor);
  }
};

// Who speaks, and what it knows of the stream of mail with the other. A stream is agreed on while `remembers` is not
// zero.
struct Greeting {
  NodeId node;
  std::uint64_t incarnation = 0;  // of the process that speaks; differs for every one
  std::uint64_t number = 0;       // of the stream, as the catalog counts
  std::uint64_t generation = 0;   // the last one that was agreed on, whether it still is or not
  std::uint64_t remembers = 0;    // the other's incarnation in it
  std::uint64_t received = 0;     // mail of this generation

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.node.value);
    visit.number(2, self.incarnation);
    visit.number(3, self.number);
    visit.number(4, self.generation);
    visit.number(5, self.remembers);
    visit.number(6, self.received);
  }
};

std::string preamble();
// The version of one who speaks this protocol; zero for one who does not. Requires: kPreambleBytes.
std::uint16_t version_of(std::string_view preamble);

// Appends the header of a frame with so long a payload.
void append_frame_header(std::string& out, LinkFrame kind, std::size_t payload_bytes);
void append_frame(std::string& out, LinkFrame kind, std::string_view payload);

// One frame at the front of what came.
struct FrameView {
  enum class State : std::uint8_t { unfinished, whole, too_long };
  State state = State::unfinished;
  LinkFrame kind = LinkFrame::none;
  std::string_view payload = {};
  std::size_t bytes = 0;  // of the whole frame, once its header has come
};
FrameView next_frame(std::string_view bytes, std::size_t payload_bytes_max);

std::string encode(const Hello& hello);
std::string encode(const Oath& oath);
std::string encode(const Greeting& greeting);
// False for what is none: names and nonces have their lengths, a greeting comes from somebody.
bool decode(std::string_view bytes, Hello& hello);
bool decode(std::string_view bytes, Greeting& greeting);

// A text from the other side as a log may show it: short, on one line.
std::string printable(std::string_view text);

}  // namespace warren::cluster
