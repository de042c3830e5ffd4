// What the operator set of the node's part in a cluster.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker/catalog/definitions.hpp"
#include "node/cluster/partition/handling.hpp"

namespace warren::node {

// Files in PEM. All of them or none: then links are in the clear.
struct TlsFiles {
  std::string authorities;
  std::string certificate;
  std::string key;

  bool any() const { return !authorities.empty() || !certificate.empty() || !key.empty(); }
  // One sentence if some are missing; else nothing.
  std::string trouble() const;
};

struct ClusterSettings {
  std::uint16_t port = 0;  // 0: the AMQP port and 20000
  bool port_named = false;
  std::string secret_file;  // empty: .warren_secret in the user's home, or in the data folder
  broker::NodeKind kind = broker::NodeKind::disc;
  // Nodes to join when this one is new: "name", "name:port" or "host:port".
  std::vector<std::string> seeds;
  bool name_given = false;  // cluster_name was set: new nodes of one machine with the same one find each other
  std::int64_t heartbeat_ms = 100;
  std::int64_t down_after_ms = 600;
  PartitionHandling partition;
  TlsFiles tls;  // of links between nodes
};

// Where a node is reached, from what the operator wrote: "w2@host:25673". Without a port it is 0.
struct SeedAddress {
  std::string host;
  std::uint16_t port = 0;
};
// None of it when the text is no such thing.
SeedAddress read_seed(std::string_view text);

// The cluster port that goes with an AMQP port.
std::uint16_t default_cluster_port(std::uint16_t amqp_port);

// The part of a node's name behind the @; localhost if there is none.
std::string host_of_node(std::string_view name);

// Kinds by their names; reading takes "disk" too.
std::string_view node_kind_text(broker::NodeKind kind);
bool read_node_kind(std::string_view text, broker::NodeKind& kind);

}  // namespace warren::node
