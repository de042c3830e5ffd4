// Methods of the class queue (amqp.md 1.7). Strings are views into the frame that was decoded.
#pragma once

#include <cstdint>
#include <string_view>

#include "amqp/methods/method_id.hpp"
#include "amqp/table.hpp"

namespace warren::amqp {

// Client to server.
struct QueueDeclare {
  static constexpr MethodId id{50, 10};
  static constexpr std::string_view name = "queue.declare";

  std::uint16_t ticket = 0;
  std::string_view queue = {};
  bool passive = false;
  bool durable = false;
  bool exclusive = false;
  bool auto_delete = false;
  bool nowait = false;
  Table arguments = {};

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.reserved().u16("ticket", self.ticket);
    visit.name("queue", self.queue);
    visit.bit("passive", self.passive);
    visit.bit("durable", self.durable);
    visit.bit("exclusive", self.exclusive);
    visit.bit("auto-delete", self.auto_delete);
    visit.bit("nowait", self.nowait);
    visit.table("arguments", self.arguments);
  }
};

// Server to client.
struct QueueDeclareOk {
  static constexpr MethodId id{50, 11};
  static constexpr std::string_view name = "queue.declare-ok";

  std::string_view queue = {};
  std::uint32_t message_count = 0;
  std::uint32_t consumer_count = 0;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.name("queue", self.queue);
    visit.u32("message-count", self.message_count);
    visit.u32("consumer-count", self.consumer_count);
  }
};

// Client to server.
struct QueueBind {
  static constexpr MethodId id{50, 20};
  static constexpr std::string_view name = "queue.bind";

  std::uint16_t ticket = 0;
  std::string_view queue = {};
  std::string_view exchange = {};
  std::string_view routing_key = {};
  bool nowait = false;
  Table arguments = {};

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.reserved().u16("ticket", self.ticket);
    visit.name("queue", self.queue);
    visit.name("exchange", self.exchange);
    visit.name("routing-key", self.routing_key);
    visit.bit("nowait", self.nowait);
    visit.table("arguments", self.arguments);
  }
};

// Server to client.
struct QueueBindOk {
  static constexpr MethodId id{50, 21};
  static constexpr std::string_view name = "queue.bind-ok";

  template <class Self, class Visitor>
  static constexpr void fields(Self&, Visitor&) {}
};

// Client to server.
struct QueuePurge {
  static constexpr MethodId id{50, 30};
  static constexpr std::string_view name = "queue.purge";

  std::uint16_t ticket = 0;
  std::string_view queue = {};
  bool nowait = false;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.reserved().u16("ticket", self.ticket);
    visit.name("queue", self.queue);
    visit.bit("nowait", self.nowait);
  }
};

// Server to client.
struct QueuePurgeOk {
  static constexpr MethodId id{50, 31};
  static constexpr std::string_view name = "queue.purge-ok";

  std::uint32_t message_count = 0;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.u32("message-count", self.message_count);
  }
};

// Client to server.
struct QueueDelete {
  static constexpr MethodId id{50, 40};
  static constexpr std::string_view name = "queue.delete";

  std::uint16_t ticket = 0;
  std::string_view queue = {};
  bool if_unused = false;
  bool if_empty = false;
  bool nowait = false;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.reserved().u16("ticket", self.ticket);
    visit.name("queue", self.queue);
    visit.bit("if-unused", self.if_unused);
    visit.bit("if-empty", self.if_empty);
    visit.bit("nowait", self.nowait);
  }
};

// Server to client.
struct QueueDeleteOk {
  static constexpr MethodId id{50, 41};
  static constexpr std::string_view name = "queue.delete-ok";

  std::uint32_t message_count = 0;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.u32("message-count", self.message_count);
  }
};

// Client to server.
struct QueueUnbind {
  static constexpr MethodId id{50, 50};
  static constexpr std::string_view name = "queue.unbind";

  std::uint16_t ticket = 0;
  std::string_view queue = {};
  std::string_view exchange = {};
  std::string_view routing_key = {};
  Table arguments = {};

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.reserved().u16("ticket", self.ticket);
    visit.name("queue", self.queue);
    visit.name("exchange", self.exchange);
    visit.name("routing-key", self.routing_key);
    visit.table("arguments", self.arguments);
  }
};

// Server to client.
struct QueueUnbindOk {
  static constexpr MethodId id{50, 51};
  static constexpr std::string_view name = "queue.unbind-ok";

  template <class Self, class Visitor>
  static constexpr void fields(Self&, Visitor&) {}
};

}  // namespace warren::amqp
