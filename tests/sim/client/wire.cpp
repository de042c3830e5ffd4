#include "tests/sim/client/wire.hpp"

namespace warren::sim {

using amqp::FrameType;
using Step = amqp::ContentAssembler::Step;

void Wire::feed(std::string_view bytes) {
  reader_.feed(bytes);
  amqp::Frame frame;
  while (true) {
    switch (reader_.next(frame)) {
      case amqp::FrameReader::Next::wait: return;
      case amqp::FrameReader::Next::error: return listener_.on_nonsense(reader_.error());
      case amqp::FrameReader::Next::frame: on_frame(frame);
    }
  }
}

void Wire::on_frame(const amqp::Frame& frame) {
  if (frame.is(FrameType::heartbeat)) return;
  Incoming& incoming = incoming_[frame.channel];
  if (frame.is(FrameType::header)) {
    amqp::ContentHeader header;
    const Step step = incoming.assembler.header(frame.payload, header);
    if (step == Step::error) return listener_.on_nonsense("a header frame out of order");
    incoming.properties.assign(header.properties);
    incoming.body.clear();
    if (step == Step::complete) conclude(frame.channel, incoming);
    return;
  }
  if (frame.is(FrameType::body)) {
    const Step step = incoming.assembler.body(frame.payload, frame.last);
    if (step == Step::error) return listener_.on_nonsense("a body frame out of order");
    incoming.body.append(frame.payload);
    if (step == Step::complete) conclude(frame.channel, incoming);
    return;
  }
  if (incoming.assembler.method() == Step::error) return listener_.on_nonsense("a method frame out of order");
  amqp::Method method;
  if (amqp::decode_method(frame.payload, method) != amqp::DecodeStatus::ok)
    return listener_.on_nonsense("a method that cannot be decoded");
  if (!amqp::carries_content(amqp::method_id(frame.payload))) return listener_.on_method(frame.channel, method);
  incoming.method.assign(frame.payload);
  incoming.assembler.begin(amqp::method_id(frame.payload));
}

void Wire::conclude(ChannelNumber channel, Incoming& incoming) {
  amqp::Method method;
  amqp::decode_method(incoming.method, method);
  listener_.on_content(channel, method, incoming.properties, incoming.body);
}

void Wire::publish(ChannelNumber channel, const amqp::BasicPublish& method, std::string_view properties,
                   std::string_view body) {
  send(channel, method);
  amqp::append_content_header_frame(out_, channel, body.size(), properties);
  amqp::append_body_frames(out_, channel, body, frame_max_);
}

}  // namespace warren::sim
