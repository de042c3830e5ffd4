// AMQP as a client speaks it: methods and contents out, methods and contents in.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "amqp/assembler.hpp"
#include "amqp/codec.hpp"
#include "amqp/frame_reader.hpp"
#include "amqp/frame_writer.hpp"
#include "base/bytes.hpp"

namespace warren::sim {

// What a client hears, in order.
class WireListener {
 public:
  virtual ~WireListener() = default;
  virtual void on_method(ChannelNumber channel, const amqp::Method& method) = 0;
  // A method that carries content, once the content is whole.
  virtual void on_content(ChannelNumber channel, const amqp::Method& method, std::string_view properties,
                          std::string_view body) = 0;
  // The server broke the protocol.
  virtual void on_nonsense(std::string_view what) = 0;
};

class Wire {
 public:
  explicit Wire(WireListener& listener) : listener_(listener) {}

  void feed(std::string_view bytes);
  void set_frame_max(std::uint32_t frame_max) {
    frame_max_ = frame_max;
    reader_.set_frame_max(frame_max);
  }

  template <class M>
  void send(ChannelNumber channel, const M& method) {
    amqp::append_method_frame(out_, channel, method);
  }
  void send_header() { out_.append(amqp::kProtocolHeader); }
  void send_heartbeat() { amqp::append_heartbeat(out_); }
  void publish(ChannelNumber channel, const amqp::BasicPublish& method, std::string_view properties,
               std::string_view body);

  // What is to be sent. The caller clears it.
  ByteBuffer& out() { return out_; }

 private:
  struct Incoming {
    amqp::ContentAssembler assembler;
    std::string method;
    std::string properties;
    std::string body;
  };

  void on_frame(const amqp::Frame& frame);
  void conclude(ChannelNumber channel, Incoming& incoming);

  WireListener& listener_;
  amqp::FrameReader reader_;
  std::uint32_t frame_max_ = limits::kFrameBytesMin;
  std::map<ChannelNumber, Incoming> incoming_;
  ByteBuffer out_;
};

}  // namespace warren::sim
