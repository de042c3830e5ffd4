// Methods of the class channel: opening, closing, flow (amqp.md 1.7). Strings are views into the frame that was
// decoded.
#pragma once

#include <cstdint>
#include <string_view>

#include "amqp/methods/method_id.hpp"

namespace warren::amqp {

// Client to server.
struct ChannelOpen {
  static constexpr MethodId id{20, 10};
  static constexpr std::string_view name = "channel.open";

  std::string_view out_of_band = {};

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.reserved().shortstr("out-of-band", self.out_of_band);
  }
};

// Server to client.
struct ChannelOpenOk {
  static constexpr MethodId id{20, 11};
  static constexpr std::string_view name = "channel.open-ok";

  std::string_view channel_id = {};

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.reserved().longstr("channel-id", self.channel_id);
  }
};

// Both ways.
struct ChannelFlow {
  static constexpr MethodId id{20, 20};
  static constexpr std::string_view name = "channel.flow";

  bool active = false;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.bit("active", self.active);
  }
};

// Both ways.
struct ChannelFlowOk {
  static constexpr MethodId id{20, 21};
  static constexpr std::string_view name = "channel.flow-ok";

  bool active = false;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.bit("active", self.active);
  }
};

// Both ways.
struct ChannelClose {
  static constexpr MethodId id{20, 40};
  static constexpr std::string_view name = "channel.close";

  std::uint16_t reply_code = 0;
  std::string_view reply_text = {};
  std::uint16_t class_id = 0;
  std::uint16_t method_id = 0;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.u16("reply-code", self.reply_code);
    visit.shortstr("reply-text", self.reply_text);
    visit.u16("class-id", self.class_id);
    visit.u16("method-id", self.method_id);
  }
};

// Both ways.
struct ChannelCloseOk {
  static constexpr MethodId id{20, 41};
  static constexpr std::string_view name = "channel.close-ok";

  template <class Self, class Visitor>
  static constexpr void fields(Self&, Visitor&) {}
};

}  // namespace warren::amqp
