#include "cluster/link_messages.hpp"

#include "base/bytes.hpp"
#include "base/records.hpp"

namespace warren::cluster {
namespace {

constexpr std::size_t kPrintedBytesMax = 300;

bool is_printable(char letter) { return letter >= ' ' && letter != '\x7f'; }

}  // namespace

std::string preamble() {
  std::string bytes(kLinkMagic);
  bytes.resize(kPreambleBytes);
  store_big(bytes.data() + kLinkMagic.size(), kLinkVersion);
  return bytes;
}

std::uint16_t version_of(std::string_view preamble) {
  if (!preamble.starts_with(kLinkMagic)) return 0;
  return load_big<std::uint16_t>(preamble.data() + kLinkMagic.size());
}

void append_frame_header(std::string& out, LinkFrame kind, std::size_t payload_bytes) {
  const std::size_t at = out.size();
  out.resize(at + kLinkFrameHeaderBytes);
  store_big(out.data() + at, static_cast<std::uint32_t>(payload_bytes));
  out.back() = static_cast<char>(kind);
}

void append_frame(std::string& out, LinkFrame kind, std::string_view payload) {
  append_frame_header(out, kind, payload.size());
  out.append(payload);
}

FrameView next_frame(std::string_view bytes, std::size_t payload_bytes_max) {
  FrameView frame;
  if (bytes.size() < kLinkFrameHeaderBytes) return frame;
  const std::size_t length = load_big<std::uint32_t>(bytes.data());
  frame.kind = static_cast<LinkFrame>(bytes[kLinkFrameHeaderBytes - 1]);
  frame.bytes = kLinkFrameHeaderBytes + length;
  if (length > payload_bytes_max) {
    frame.state = FrameView::State::too_long;
  } else if (frame.bytes <= bytes.size()) {
    frame.state = FrameView::State::whole;
    frame.payload = bytes.substr(kLinkFrameHeaderBytes, length);
  }
  return frame;
}

std::string encode(const Hello& hello) { return write_record(hello); }
std::string encode(const Oath& oath) { return write_record(oath); }
std::string encode(const Greeting& greeting) { return write_record(greeting); }

bool decode(std::string_view bytes, Hello& hello) {
  if (bytes.size() > kHandshakeBytesMax || !read_record(bytes, hello)) return false;
  const bool named = !hello.name.empty() && hello.name.size() <= kNodeNameBytesMax;
  return named && hello.purpose != LinkPurpose::none && hello.nonce.size() == kNonceBytes;
}

bool decode(std::string_view bytes, Greeting& greeting) {
  if (bytes.size() > kHandshakeBytesMax || !read_record(bytes, greeting)) return false;
  return greeting.node && greeting.incarnation != 0;
}

std::string printable(std::string_view text) {
  std::string printed(text.substr(0, kPrintedBytesMax));
  for (char& letter : printed)
    if (!is_printable(letter)) letter = '?';
  return printed;
}

}  // namespace warren::cluster
