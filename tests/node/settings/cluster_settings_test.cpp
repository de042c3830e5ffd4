#include "node/settings/cluster_settings.hpp"

#include <doctest/doctest.h>

namespace warren::cluster_settings_test {

using namespace warren::node;

TEST_CASE("a seed is a node's name or a host, with a port or without") {
  CHECK(read_seed("w2@host").host == "host");
  CHECK(read_seed("w2@host").port == 0);
  CHECK(read_seed("w2@host:25673").port == 25673);
  CHECK(read_seed("10.0.0.1:5").host == "10.0.0.1");
  CHECK(read_seed("").host == "");
  CHECK(read_seed("w2@").host == "");
  CHECK(read_seed("w2@host:0").host == "");
  CHECK(read_seed("w2@host:99999").host == "");
  CHECK(read_seed("w2@host:x").host == "");
}

TEST_CASE("the cluster port lies as far from the clients' as with RabbitMQ, where there is room") {
  CHECK(default_cluster_port(5672) == 25672);
  CHECK(default_cluster_port(45535) == 65535);
  CHECK(default_cluster_port(50000) == 30000);
}

TEST_CASE("kinds of nodes are read by their names") {
  broker::NodeKind kind = broker::NodeKind::none;
  CHECK(read_node_kind("disk", kind));
  CHECK(kind == broker::NodeKind::disc);
  CHECK(read_node_kind("ram", kind));
  CHECK(kind == broker::NodeKind::ram);
  CHECK(read_node_kind("witness", kind));
  CHECK_FALSE(read_node_kind("tape", kind));
}

TEST_CASE("of the files of TLS the first that is missing is named") {
  CHECK(TlsFiles{}.trouble().empty());
  CHECK(TlsFiles{"a", "b", "c"}.trouble().empty());
  CHECK(TlsFiles{"", "b", "c"}.trouble().find("cluster.ssl_options.cacertfile") != std::string::npos);
  CHECK(TlsFiles{"a", "", ""}.trouble().find("cluster.ssl_options.certfile") != std::string::npos);
  CHECK(TlsFiles{"a", "b", ""}.trouble().find("cluster.ssl_options.keyfile") != std::string::npos);
}

}  // namespace warren::cluster_settings_test
