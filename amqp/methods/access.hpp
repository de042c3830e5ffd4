// Methods of the class access, which 0-9-1 no longer has but old clients still call (amqp.md 1.7). Strings are views
// into the frame that was decoded.
#pragma once

#include <cstdint>
#include <string_view>

#include "amqp/methods/method_id.hpp"

namespace warren::amqp {

// Client to server.
struct AccessRequest {
  static constexpr MethodId id{30, 10};
  static constexpr std::string_view name = "access.request";

  std::string_view realm = {};
  bool exclusive = false;
  bool passive = false;
  bool active = false;
  bool write = false;
  bool read = false;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.name("realm", self.realm);
    visit.bit("exclusive", self.exclusive);
    visit.bit("passive", self.passive);
    visit.bit("active", self.active);
    visit.bit("write", self.write);
    visit.bit("read", self.read);
  }
};

// Server to client.
struct AccessRequestOk {
  static constexpr MethodId id{30, 11};
  static constexpr std::string_view name = "access.request-ok";

  std::uint16_t ticket = 1;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.u16("ticket", self.ticket);
  }
};

}  // namespace warren::amqp
