#include "node/settings/cluster_settings.hpp"

#include <fmt/core.h>

#include <charconv>
#include <utility>

namespace warren::node {
namespace {

// As RabbitMQ has it, where there is room.
constexpr std::uint16_t kPortDistance = 20000;
constexpr std::uint16_t kPortMax = 65535;

}  // namespace

std::string TlsFiles::trouble() const {
  if (!any()) return {};
  for (const auto& [file, setting] :
       {std::pair(&authorities, "cacertfile"), std::pair(&certificate, "certfile"), std::pair(&key, "keyfile")})
    if (file->empty())
      return fmt::format("TLS between nodes needs cluster.ssl_options.{} beside the other two files", setting);
  return {};
}

SeedAddress read_seed(std::string_view text) {
  SeedAddress seed;
  if (const std::size_t colon = text.rfind(':'); colon != std::string_view::npos) {
    const std::string_view port = text.substr(colon + 1);
    const auto parsed = std::from_chars(port.data(), port.data() + port.size(), seed.port);
    if (parsed.ec != std::errc() || parsed.ptr != port.data() + port.size() || seed.port == 0) return {};
    text = text.substr(0, colon);
  }
  if (const std::size_t at = text.find('@'); at != std::string_view::npos) text.remove_prefix(at + 1);
  if (text.empty()) return {};
  seed.host = std::string(text);
  return seed;
}

std::uint16_t default_cluster_port(std::uint16_t amqp_port) {
  return static_cast<std::uint16_t>(amqp_port <= kPortMax - kPortDistance ? amqp_port + kPortDistance
                                                                          : amqp_port - kPortDistance);
}

std::string host_of_node(std::string_view name) {
  const std::size_t at = name.find('@');
  return at == std::string_view::npos ? "localhost" : std::string(name.substr(at + 1));
}

std::string_view node_kind_text(broker::NodeKind kind) {
  switch (kind) {
    case broker::NodeKind::ram: return "ram";
    case broker::NodeKind::witness: return "witness";
    default: return "disc";
  }
}

bool read_node_kind(std::string_view text, broker::NodeKind& kind) {
  using broker::NodeKind;
  if (text == "disc" || text == "disk") return kind = NodeKind::disc, true;
  if (text == "ram") return kind = NodeKind::ram, true;
  if (text == "witness") return kind = NodeKind::witness, true;
  return false;
}

}  // namespace warren::node
