// Frames from any bytes: input in pieces gives the frames of input in one, frames written again give the bytes they
// came from, and content put in order is never longer than announced.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "amqp/assembler.hpp"
#include "amqp/frame_reader.hpp"
#include "amqp/methods/basic.hpp"
#include "base/check.hpp"
#include "base/rng.hpp"

using namespace warren;
using namespace warren::amqp;

namespace {

constexpr std::uint32_t kFrameMaxima[] = {0, 8, 64, 4096, 8192, 131072};
constexpr std::size_t kPieceBytesMax = 40;
// The first octets of an input choose the limit and where it is cut.
constexpr std::size_t kChoiceBytes = 2;

// Puts the content of one channel in order, as a session does.
class Contents {
 public:
  void see(const Frame& frame) {
    if (failed_) return;
    if (!is_well_placed(frame)) {
      WARREN_CHECK(!misplaced_frame(frame).text.empty(), "a misplaced frame is explained");
      return;
    }
    switch (static_cast<FrameType>(frame.type)) {
      case FrameType::method:
        if (!settle(assembler_.method())) return;
        if (frame.payload.substr(0, kMethodHeadBytes) == std::string_view("\0\x3c\0\x28", kMethodHeadBytes))
          assembler_.begin(BasicPublish::id);
        return;
      case FrameType::header: {
        ContentHeader header;
        if (!settle(assembler_.header(frame.payload, header))) return;
        announced_ = header.body_bytes;
        seen_ = 0;
        return;
      }
      case FrameType::body:
        if (!settle(assembler_.body(frame.payload, frame.last))) return;
        seen_ += frame.payload.size();
        WARREN_CHECK(seen_ + assembler_.missing_bytes() == announced_, "a body is what was announced");
        return;
      case FrameType::heartbeat: return;
    }
  }

 private:
  bool settle(ContentAssembler::Step step) {
    failed_ = step == ContentAssembler::Step::error;
    if (failed_) WARREN_CHECK(!assembler_.error().text.empty(), "an error is explained");
    return !failed_;
  }

  ContentAssembler assembler_;
  std::uint64_t announced_ = 0;
  std::uint64_t seen_ = 0;
  bool failed_ = false;
};

struct Reading {
  std::string frames;   // the whole frames, written again
  std::string partial;  // what has come of a body frame that has not ended
  std::string error;
};

class Reader {
 public:
  explicit Reader(std::uint32_t frame_max) { reader_.set_frame_max(frame_max); }

  // Each piece has memory of its own, so that reading beyond it or after it is found.
  void feed(std::string_view piece) {
    const auto own = std::make_unique<char[]>(piece.size());
    std::copy(piece.begin(), piece.end(), own.get());
    reader_.feed({own.get(), piece.size()});
    Frame frame;
    FrameReader::Next next;
    while ((next = reader_.next(frame)) == FrameReader::Next::frame) take(frame);
    if (next == FrameReader::Next::error) reading_.error = reader_.error();
    fed_ += piece.size();
    WARREN_CHECK(reader_.kept_bytes() <= fed_, "no more is kept than has come");
  }

  Reading take_reading() {
    if (!reading_.error.empty())
      reading_.partial.clear();  // how much was handed out before the error depends on the cuts
    return std::move(reading_);
  }

 private:
  void take(const Frame& frame) {
    WARREN_CHECK(frame.first == !open_, "a frame begins where the one before has ended");
    WARREN_CHECK((frame.first && frame.last) || frame.is(FrameType::body), "only bodies come in parts");
    contents_.see(frame);
    reading_.partial += frame.payload;
    open_ = !frame.last;
    if (open_) return;
    char head[kFrameHeadBytes];
    write_frame_head(head, static_cast<FrameType>(frame.type), frame.channel,
                     static_cast<std::uint32_t>(reading_.partial.size()));
    reading_.frames.append(head, sizeof head).append(reading_.partial) += kFrameEnd;
    reading_.partial.clear();
  }

  FrameReader reader_;
  Contents contents_;
  Reading reading_;
  std::size_t fed_ = 0;
  bool open_ = false;
};

Reading read_whole(std::string_view input, std::uint32_t frame_max) {
  Reader reader(frame_max);
  reader.feed(input);
  return reader.take_reading();
}

Reading read_in_pieces(std::string_view input, std::uint32_t frame_max, std::uint64_t seed) {
  Reader reader(frame_max);
  Rng rng(seed);
  while (!input.empty()) {
    const std::string_view piece = input.substr(0, 1 + rng.below(kPieceBytesMax));
    reader.feed(piece);
    input.remove_prefix(piece.size());
  }
  return reader.take_reading();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < kChoiceBytes) return 0;
  const std::uint32_t frame_max = kFrameMaxima[data[0] % std::size(kFrameMaxima)];
  const std::string_view input(reinterpret_cast<const char*>(data) + kChoiceBytes, size - kChoiceBytes);
  const Reading whole = read_whole(input, frame_max);
  const Reading pieces = read_in_pieces(input, frame_max, data[1]);
  WARREN_CHECK(whole.frames == pieces.frames, "frames do not depend on the cuts");
  WARREN_CHECK(whole.partial == pieces.partial, "a body in parts does not depend on the cuts");
  WARREN_CHECK(whole.error == pieces.error, "errors do not depend on the cuts");
  WARREN_CHECK(input.starts_with(whole.frames), "frames written again are the bytes they came from");
  return 0;
}
