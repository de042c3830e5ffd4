// Methods of the class connection: handshake, tuning, closing, alarms (amqp.md 1.7). Strings are views into the frame
// that was decoded.
#pragma once

#include <cstdint>
#include <string_view>

#include "amqp/methods/method_id.hpp"
#include "amqp/table.hpp"

namespace warren::amqp {

// Server to client.
struct ConnectionStart {
  static constexpr MethodId id{10, 10};
  static constexpr std::string_view name = "connection.start";

  std::uint8_t version_major = 0;
  std::uint8_t version_minor = 0;
  Table server_properties = {};
  std::string_view mechanisms = {};
  std::string_view locales = {};

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.octet("version-major", self.version_major);
    visit.octet("version-minor", self.version_minor);
    visit.table("server-properties", self.server_properties);
    visit.longstr("mechanisms", self.mechanisms);
    visit.longstr("locales", self.locales);
  }
};

// Client to server.
struct ConnectionStartOk {
  static constexpr MethodId id{10, 11};
  static constexpr std::string_view name = "connection.start-ok";

  Table client_properties = {};
  std::string_view mechanism = {};
  std::string_view response = {};
  std::string_view locale = {};

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.table("client-properties", self.client_properties);
    visit.name("mechanism", self.mechanism);
    visit.secret("response", self.response);
    visit.name("locale", self.locale);
  }
};

// Server to client.
struct ConnectionSecure {
  static constexpr MethodId id{10, 20};
  static constexpr std::string_view name = "connection.secure";

  std::string_view challenge = {};

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.longstr("challenge", self.challenge);
  }
};

// Client to server.
struct ConnectionSecureOk {
  static constexpr MethodId id{10, 21};
  static constexpr std::string_view name = "connection.secure-ok";

  std::string_view response = {};

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.secret("response", self.response);
  }
};

// Server to client.
struct ConnectionTune {
  static constexpr MethodId id{10, 30};
  static constexpr std::string_view name = "connection.tune";

  std::uint16_t channel_max = 0;
  std::uint32_t frame_max = 0;
  std::uint16_t heartbeat = 0;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.u16("channel-max", self.channel_max);
    visit.u32("frame-max", self.frame_max);
    visit.u16("heartbeat", self.heartbeat);
  }
};

// Client to server.
struct ConnectionTuneOk {
  static constexpr MethodId id{10, 31};
  static constexpr std::string_view name = "connection.tune-ok";

  std::uint16_t channel_max = 0;
  std::uint32_t frame_max = 0;
  std::uint16_t heartbeat = 0;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.u16("channel-max", self.channel_max);
    visit.u32("frame-max", self.frame_max);
    visit.u16("heartbeat", self.heartbeat);
  }
};

// Client to server.
struct ConnectionOpen {
  static constexpr MethodId id{10, 40};
  static constexpr std::string_view name = "connection.open";

  std::string_view virtual_host = {};
  std::string_view capabilities = {};
  bool insist = false;

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.name("virtual-host", self.virtual_host);
    visit.reserved().shortstr("capabilities", self.capabilities);
    visit.reserved().bit("insist", self.insist);
  }
};

// Server to client.
struct ConnectionOpenOk {
  static constexpr MethodId id{10, 41};
  static constexpr std::string_view name = "connection.open-ok";

  std::string_view known_hosts = {};

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.reserved().shortstr("known-hosts", self.known_hosts);
  }
};

// Both ways.
struct ConnectionClose {
  static constexpr MethodId id{10, 50};
  static constexpr std::string_view name = "connection.close";

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
struct ConnectionCloseOk {
  static constexpr MethodId id{10, 51};
  static constexpr std::string_view name = "connection.close-ok";

  template <class Self, class Visitor>
  static constexpr void fields(Self&, Visitor&) {}
};

// Server to client.
struct ConnectionBlocked {
  static constexpr MethodId id{10, 60};
  static constexpr std::string_view name = "connection.blocked";

  std::string_view reason = {};

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.name("reason", self.reason);
  }
};

// Server to client.
struct ConnectionUnblocked {
  static constexpr MethodId id{10, 61};
  static constexpr std::string_view name = "connection.unblocked";

  template <class Self, class Visitor>
  static constexpr void fields(Self&, Visitor&) {}
};

// Client to server.
struct ConnectionUpdateSecret {
  static constexpr MethodId id{10, 70};
  static constexpr std::string_view name = "connection.update-secret";

  std::string_view new_secret = {};
  std::string_view reason = {};

  template <class Self, class Visitor>
  static constexpr void fields(Self& self, Visitor& visit) {
    visit.secret("new-secret", self.new_secret);
    visit.name("reason", self.reason);
  }
};

// Server to client.
struct ConnectionUpdateSecretOk {
  static constexpr MethodId id{10, 71};
  static constexpr std::string_view name = "connection.update-secret-ok";

  template <class Self, class Visitor>
  static constexpr void fields(Self&, Visitor&) {}
};

}  // namespace warren::amqp
