// A catalog with two nodes, of which the second does not run, and a session that has opened a connection.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "amqp/frame_writer.hpp"
#include "broker/session/session.hpp"
#include "manage/operations/json/json.hpp"
#include "manage/operations/questions/shard_question.hpp"
#include "tests/broker/session/method_reader.hpp"
#include "tests/broker/session/surroundings.hpp"

namespace warren::manage::testing {

using broker::session::testing::append_method_text;
using broker::session::testing::kSelf;

class Rig : public broker::session::testing::Surroundings {
 public:
  Rig() {
    apply(broker::AddNode{"a@h", broker::NodeKind::disc, "h", 1});
    apply(broker::AddNode{"b@h", broker::NodeKind::ram, "h", 2});
    apply(broker::NodeUp{NodeId(1), 7, "h", 1});
  }

  QueueRef declare_on(NodeId owner, std::string name, bool durable = true, amqp::Table arguments = {}) {
    broker::QueueDefinition queue;
    queue.vhost = catalog.find_vhost("/")->id;
    queue.name = std::move(name);
    queue.durable = durable;
    queue.arguments = std::move(arguments);
    queue.owner = owner;
    apply(broker::DeclareQueue{queue});
    return catalog.find_queue(queue.vhost, queue.name)->ref;
  }
  const broker::QueueDefinition& queue(std::string_view name) const {
    return *catalog.find_queue(catalog.find_vhost("/")->id, name);
  }

  // Takes the session as far as an open channel 1.
  void open() {
    ByteBuffer bytes;
    bytes.append(amqp::kProtocolHeader);
    for (const std::string_view method :
         {"connection.start-ok mechanism='PLAIN' response='\\x00guest\\x00guest' locale='en_US'",
          "connection.tune-ok channel-max=100 frame-max=131072 heartbeat=30", "connection.open virtual-host='/'"})
      append_method_text(bytes, 0, method);
    append_method_text(bytes, 1, "channel.open");
    session.receive(bytes.view(), context);
    REQUIRE(session.running());
  }
  void send(std::string_view method) {
    ByteBuffer bytes;
    REQUIRE(append_method_text(bytes, 1, method));
    session.receive(bytes.view(), context);
  }

  broker::session::Session session{kSelf, {"127.0.0.1:41234 -> 127.0.0.1:5672", true}, settings, now};
};

inline ShardQuestion about(Subject subject, std::vector<std::string> columns, std::string vhost = "/") {
  return {subject, std::move(vhost), std::move(columns)};
}

// The cells of a row, for comparing.
inline std::string text_of(const Row& row) { return json(row.cells); }

// A column per name, in the same order.
template <class Columns>
std::vector<std::string_view> names_of(const Columns& columns) {
  std::vector<std::string_view> names;
  for (const auto& column : columns) names.push_back(column.name);
  return names;
}

}  // namespace warren::manage::testing
