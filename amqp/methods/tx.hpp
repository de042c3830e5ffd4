// Methods of the class tx: transactions of one channel (amqp.md 1.7). Strings are views into the frame that was
// decoded.
#pragma once

#include <cstdint>
#include <string_view>

#include "amqp/methods/method_id.hpp"

namespace warren::amqp {

// Client to server.
struct TxSelect {
  static constexpr MethodId id{90, 10};
  static constexpr std::string_view name = "tx.select";

  template <class Self, class Visitor>
  static constexpr void fields(Self&, Visitor&) {}
};

// Server to client.
struct TxSelectOk {
  static constexpr MethodId id{90, 11};
  static constexpr std::string_view name = "tx.select-ok";

  template <class Self, class Visitor>
  static constexpr void fields(Self&, Visitor&) {}
};

// Client to server.
struct TxCommit {
  static constexpr MethodId id{90, 20};
  static constexpr std::string_view name = "tx.commit";

  template <class Self, class Visitor>
  static constexpr void fields(Self&, Visitor&) {}
};

// Server to client.
struct TxCommitOk {
  static constexpr MethodId id{90, 21};
  static constexpr std::string_view name = "tx.commit-ok";

  template <class Self, class Visitor>
  static constexpr void fields(Self&, Visitor&) {}
};

// Client to server.
struct TxRollback {
  static constexpr MethodId id{90, 30};
  static constexpr std::string_view name = "tx.rollback";

  template <class Self, class Visitor>
  static constexpr void fields(Self&, Visitor&) {}
};

// Server to client.
struct TxRollbackOk {
  static constexpr MethodId id{90, 31};
  static constexpr std::string_view name = "tx.rollback-ok";

  template <class Self, class Visitor>
  static constexpr void fields(Self&, Visitor&) {}
};

}  // namespace warren::amqp
