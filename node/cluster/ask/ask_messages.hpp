// What one node asks another that it may know by its address alone: who it is, whether it lets a node in, or out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "broker/catalog/definitions.hpp"
#include "cluster/limits.hpp"

namespace warren::node {

// A node of a cluster, as others must know it before they have the catalog.
struct NodeContact {
  broker::NodeDefinition node;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.node.id.value);
    visit.text(2, self.node.name);
    visit.choice(3, self.node.kind, broker::NodeKind::witness);
    visit.text(4, self.node.host);
    visit.number(5, self.node.cluster_port);
    visit.flag(6, self.node.running);
  }
};

struct WhoQuestion {
  template <class Self, class Visitor>
  static void fields(Self&, Visitor&) {}
};
struct WhoAnswer {
  std::string name;
  std::string cluster_name;
  bool forming = false;          // it has not decided yet whether to found a cluster
  std::uint64_t started_at = 0;  // ms, to tell who was first
  std::vector<NodeContact> nodes;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.text(1, self.name);
    visit.text(2, self.cluster_name);
    visit.flag(3, self.forming);
    visit.number(4, self.started_at);
    visit.records(5, self.nodes, limits::kMembersMax);
  }
};

// Let this node in. Its own data are to be given up.
struct JoinQuestion {
  std::string name;
  broker::NodeKind kind = broker::NodeKind::disc;
  std::string host;
  std::uint16_t port = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.text(1, self.name);
    visit.choice(2, self.kind, broker::NodeKind::witness);
    visit.text(3, self.host);
    visit.number(4, self.port);
  }
};
struct JoinAnswer {
  std::string refusal;  // empty: it is one of us now
  std::uint32_t node = 0;
  std::uint64_t lineage = 0;
  std::vector<NodeContact> nodes;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.text(1, self.refusal);
    visit.number(2, self.node);
    visit.number(3, self.lineage);
    visit.records(4, self.nodes, limits::kMembersMax);
  }
};

// This node leaves for good; its queues go.
struct LeaveQuestion {
  std::string name;
  std::uint64_t lineage = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.text(1, self.name);
    visit.number(2, self.lineage);
  }
};
struct LeaveAnswer {
  std::string refusal;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.text(1, self.refusal);
  }
};

// What every shard of that node has, as lines of the administration (manage/operations/questions).
struct RowsQuestion {
  std::string line;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.text(1, self.line);
  }
};
struct RowsAnswer {
  std::string rows;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.text(1, self.rows);
  }
};

using AskMessage = std::variant<WhoQuestion, WhoAnswer, JoinQuestion, JoinAnswer, LeaveQuestion, LeaveAnswer,
                                RowsQuestion, RowsAnswer>;

std::string encode(const AskMessage& message);
// False for what is no message.
bool decode(std::string_view bytes, AskMessage& message);

}  // namespace warren::node
