// Methods of the class confirm: publisher confirms (amqp.md 1.7). Strings are views into the frame that was decoded.
#pragma once

#include <cstdint>
#include <string_view>

#include "amqp/methods/method_id.hpp"

namespace warren::amqp {

// Client to server.
struct ConfirmSelect {
  static constexpr MethodId id{85, 10};
  static constexpr std::string_view name = "confirm.select";

  bool nowait = false;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.bit("nowait", self.nowait);
  }
};

// Server to client.
struct ConfirmSelectOk {
  static constexpr MethodId id{85, 11};
  static constexpr std::string_view name = "confirm.select-ok";

  template <class Self, class Visitor>
  static constexpr void fields(Self&, Visitor&) {}
};

}  // namespace warren::amqp
