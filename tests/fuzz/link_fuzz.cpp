// What comes at the port where nodes meet: frames end where they say, what is read is written back the same, and nobody
// gets in who does not know the secret.
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "cluster/link_messages.hpp"
#include "server/link/parts/handshake.hpp"

using namespace warren;
using namespace warren::cluster;

namespace {

template <class Record>
void check_record(std::string_view bytes) {
  Record record;
  if (!decode(bytes, record)) return;
  Record back;
  WARREN_CHECK(decode(encode(record), back), "what is written is read");
  WARREN_CHECK(encode(record) == encode(back), "what is written is written the same again");
}

// Whether it goes on.
bool knock(server::Handshake& acceptor, const FrameView& frame) {
  const server::Handshake::Step step = acceptor.on_frame(frame.kind, frame.payload);
  WARREN_CHECK(!step.done, "nobody guesses a proof");
  WARREN_CHECK(printable(step.refusal) == step.refusal, "a refusal can be logged");
  return step.refusal.empty();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.size() >= kPreambleBytes) (void)version_of(bytes);
  server::Handshake acceptor({"node", "secret"});
  for (bool open = true;;) {
    const FrameView frame = next_frame(bytes, kHandshakeBytesMax);
    if (frame.state != FrameView::State::whole) return 0;
    WARREN_CHECK(frame.bytes == frame.payload.size() + kLinkFrameHeaderBytes, "a frame is header and payload");
    check_record<Hello>(frame.payload);
    check_record<Greeting>(frame.payload);
    open = open && knock(acceptor, frame);
    bytes.remove_prefix(frame.bytes);
  }
}
