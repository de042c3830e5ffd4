// Methods of the class exchange (amqp.md 1.7). Strings are views into the frame that was decoded.
#pragma once

#include <cstdint>
#include <string_view>

#include "amqp/methods/method_id.hpp"
#include "amqp/table.hpp"

namespace warren::amqp {

// Client to server.
struct ExchangeDeclare {
  static constexpr MethodId id{40, 10};
  static constexpr std::string_view name = "exchange.declare";

  std::uint16_t ticket = 0;
  std::string_view exchange = {};
  std::string_view type = {};
  bool passive = false;
  bool durable = false;
  bool auto_delete = false;
  bool internal = false;
  bool nowait = false;
  Table arguments = {};

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.reserved().u16("ticket", self.ticket);
    visit.name("exchange", self.exchange);
    visit.name("type", self.type);
    visit.bit("passive", self.passive);
    visit.bit("durable", self.durable);
    visit.bit("auto-delete", self.auto_delete);
    visit.bit("internal", self.internal);
    visit.bit("nowait", self.nowait);
    visit.table("arguments", self.arguments);
  }
};

// Server to client.
struct ExchangeDeclareOk {
  static constexpr MethodId id{40, 11};
  static constexpr std::string_view name = "exchange.declare-ok";

  template <class Self, class Visitor>
  static constexpr void fields(Self&, Visitor&) {}
};

// Client to server.
struct ExchangeDelete {
  static constexpr MethodId id{40, 20};
  static constexpr std::string_view name = "exchange.delete";

  std::uint16_t ticket = 0;
  std::string_view exchange = {};
  bool if_unused = false;
  bool nowait = false;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.reserved().u16("ticket", self.ticket);
    visit.name("exchange", self.exchange);
    visit.bit("if-unused", self.if_unused);
    visit.bit("nowait", self.nowait);
  }
};

// Server to client.
struct ExchangeDeleteOk {
  static constexpr MethodId id{40, 21};
  static constexpr std::string_view name = "exchange.delete-ok";

  template <class Self, class Visitor>
  static constexpr void fields(Self&, Visitor&) {}
};

// Client to server.
struct ExchangeBind {
  static constexpr MethodId id{40, 30};
  static constexpr std::string_view name = "exchange.bind";

  std::uint16_t ticket = 0;
  std::string_view destination = {};
  std::string_view source = {};
  std::string_view routing_key = {};
  bool nowait = false;
  Table arguments = {};

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.reserved().u16("ticket", self.ticket);
    visit.name("destination", self.destination);
    visit.name("source", self.source);
    visit.name("routing-key", self.routing_key);
    visit.bit("nowait", self.nowait);
    visit.table("arguments", self.arguments);
  }
};

// Server to client.
struct ExchangeBindOk {
  static constexpr MethodId id{40, 31};
  static constexpr std::string_view name = "exchange.bind-ok";

  template <class Self, class Visitor>
  static constexpr void fields(Self&, Visitor&) {}
};

// Client to server.
struct ExchangeUnbind {
  static constexpr MethodId id{40, 40};
  static constexpr std::string_view name = "exchange.unbind";

  std::uint16_t ticket = 0;
  std::string_view destination = {};
  std::string_view source = {};
  std::string_view routing_key = {};
  bool nowait = false;
  Table arguments = {};

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.reserved().u16("ticket", self.ticket);
    visit.name("destination", self.destination);
    visit.name("source", self.source);
    visit.name("routing-key", self.routing_key);
    visit.bit("nowait", self.nowait);
    visit.table("arguments", self.arguments);
  }
};

// Server to client.
struct ExchangeUnbindOk {
  static constexpr MethodId id{40, 51};
  static constexpr std::string_view name = "exchange.unbind-ok";

  template <class Self, class Visitor>
  static constexpr void fields(Self&, Visitor&) {}
};

}  // namespace warren::amqp
