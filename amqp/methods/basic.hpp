// Methods of the class basic: consuming, publishing, settling (amqp.md 1.7). Strings are views into the frame that was
// decoded.
#pragma once

#include <cstdint>
#include <string_view>

#include "amqp/methods/method_id.hpp"
#include "amqp/table.hpp"

namespace warren::amqp {

// Client to server.
struct BasicQos {
  static constexpr MethodId id{60, 10};
  static constexpr std::string_view name = "basic.qos";

  std::uint32_t prefetch_size = 0;
  std::uint16_t prefetch_count = 0;
  bool global = false;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.u32("prefetch-size", self.prefetch_size);
    visit.u16("prefetch-count", self.prefetch_count);
    visit.bit("global", self.global);
  }
};

// Server to client.
struct BasicQosOk {
  static constexpr MethodId id{60, 11};
  static constexpr std::string_view name = "basic.qos-ok";

  template <class Self, class Visitor>
  static constexpr void fields(Self&, Visitor&) {}
};

// Client to server.
struct BasicConsume {
  static constexpr MethodId id{60, 20};
  static constexpr std::string_view name = "basic.consume";

  std::uint16_t ticket = 0;
  std::string_view queue = {};
  std::string_view consumer_tag = {};
  bool no_local = false;
  bool no_ack = false;
  bool exclusive = false;
  bool nowait = false;
  Table arguments = {};

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.reserved().u16("ticket", self.ticket);
    visit.name("queue", self.queue);
    visit.name("consumer-tag", self.consumer_tag);
    visit.bit("no-local", self.no_local);
    visit.bit("no-ack", self.no_ack);
    visit.bit("exclusive", self.exclusive);
    visit.bit("nowait", self.nowait);
    visit.table("arguments", self.arguments);
  }
};

// Server to client.
struct BasicConsumeOk {
  static constexpr MethodId id{60, 21};
  static constexpr std::string_view name = "basic.consume-ok";

  std::string_view consumer_tag = {};

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.name("consumer-tag", self.consumer_tag);
  }
};

// Both ways.
struct BasicCancel {
  static constexpr MethodId id{60, 30};
  static constexpr std::string_view name = "basic.cancel";

  std::string_view consumer_tag = {};
  bool nowait = false;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.name("consumer-tag", self.consumer_tag);
    visit.bit("nowait", self.nowait);
  }
};

// Both ways.
struct BasicCancelOk {
  static constexpr MethodId id{60, 31};
  static constexpr std::string_view name = "basic.cancel-ok";

  std::string_view consumer_tag = {};

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.name("consumer-tag", self.consumer_tag);
  }
};

// Client to server, with content.
struct BasicPublish {
  static constexpr MethodId id{60, 40};
  static constexpr std::string_view name = "basic.publish";

  std::uint16_t ticket = 0;
  std::string_view exchange = {};
  std::string_view routing_key = {};
  bool mandatory = false;
  bool immediate = false;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.reserved().u16("ticket", self.ticket);
    visit.shortstr("exchange", self.exchange);
    visit.shortstr("routing-key", self.routing_key);
    visit.bit("mandatory", self.mandatory);
    visit.bit("immediate", self.immediate);
  }
};

// Server to client, with content.
struct BasicReturn {
  static constexpr MethodId id{60, 50};
  static constexpr std::string_view name = "basic.return";

  std::uint16_t reply_code = 0;
  std::string_view reply_text = {};
  std::string_view exchange = {};
  std::string_view routing_key = {};

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.u16("reply-code", self.reply_code);
    visit.shortstr("reply-text", self.reply_text);
    visit.shortstr("exchange", self.exchange);
    visit.shortstr("routing-key", self.routing_key);
  }
};

// Server to client, with content.
struct BasicDeliver {
  static constexpr MethodId id{60, 60};
  static constexpr std::string_view name = "basic.deliver";

  std::string_view consumer_tag = {};
  std::uint64_t delivery_tag = 0;
  bool redelivered = false;
  std::string_view exchange = {};
  std::string_view routing_key = {};

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.shortstr("consumer-tag", self.consumer_tag);
    visit.u64("delivery-tag", self.delivery_tag);
    visit.bit("redelivered", self.redelivered);
    visit.shortstr("exchange", self.exchange);
    visit.shortstr("routing-key", self.routing_key);
  }
};

// Client to server.
struct BasicGet {
  static constexpr MethodId id{60, 70};
  static constexpr std::string_view name = "basic.get";

  std::uint16_t ticket = 0;
  std::string_view queue = {};
  bool no_ack = false;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.reserved().u16("ticket", self.ticket);
    visit.name("queue", self.queue);
    visit.bit("no-ack", self.no_ack);
  }
};

// Server to client, with content.
struct BasicGetOk {
  static constexpr MethodId id{60, 71};
  static constexpr std::string_view name = "basic.get-ok";

  std::uint64_t delivery_tag = 0;
  bool redelivered = false;
  std::string_view exchange = {};
  std::string_view routing_key = {};
  std::uint32_t message_count = 0;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.u64("delivery-tag", self.delivery_tag);
    visit.bit("redelivered", self.redelivered);
    visit.shortstr("exchange", self.exchange);
    visit.shortstr("routing-key", self.routing_key);
    visit.u32("message-count", self.message_count);
  }
};

// Server to client.
struct BasicGetEmpty {
  static constexpr MethodId id{60, 72};
  static constexpr std::string_view name = "basic.get-empty";

  std::string_view cluster_id = {};

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.reserved().shortstr("cluster-id", self.cluster_id);
  }
};

// Both ways.
struct BasicAck {
  static constexpr MethodId id{60, 80};
  static constexpr std::string_view name = "basic.ack";

  std::uint64_t delivery_tag = 0;
  bool multiple = false;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.u64("delivery-tag", self.delivery_tag);
    visit.bit("multiple", self.multiple);
  }
};

// Client to server.
struct BasicReject {
  static constexpr MethodId id{60, 90};
  static constexpr std::string_view name = "basic.reject";

  std::uint64_t delivery_tag = 0;
  bool requeue = false;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.u64("delivery-tag", self.delivery_tag);
    visit.bit("requeue", self.requeue);
  }
};

// Client to server.
struct BasicRecoverAsync {
  static constexpr MethodId id{60, 100};
  static constexpr std::string_view name = "basic.recover-async";

  bool requeue = false;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.bit("requeue", self.requeue);
  }
};

// Client to server.
struct BasicRecover {
  static constexpr MethodId id{60, 110};
  static constexpr std::string_view name = "basic.recover";

  bool requeue = false;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.bit("requeue", self.requeue);
  }
};

// Server to client.
struct BasicRecoverOk {
  static constexpr MethodId id{60, 111};
  static constexpr std::string_view name = "basic.recover-ok";

  template <class Self, class Visitor>
  static constexpr void fields(Self&, Visitor&) {}
};

// Both ways.
struct BasicNack {
  static constexpr MethodId id{60, 120};
  static constexpr std::string_view name = "basic.nack";

  std::uint64_t delivery_tag = 0;
  bool multiple = false;
  bool requeue = false;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.u64("delivery-tag", self.delivery_tag);
    visit.bit("multiple", self.multiple);
    visit.bit("requeue", self.requeue);
  }
};

}  // namespace warren::amqp
