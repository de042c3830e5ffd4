// A node behind its HTTP port, perhaps on another machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "tools/ctl/node/node_door.hpp"

namespace warren::ctl {

struct NodeUrl {
  std::string host;
  std::uint16_t port = 15672;
  std::string user = "guest";
  std::string password = "guest";
};

// http://[USER:PASSWORD@]HOST[:PORT][/]; user and password may have %XX. The error is a sentence.
Result<NodeUrl, std::string> read_url(const std::string& text);

class HttpNodeDoor : public NodeDoor {
 public:
  explicit HttpNodeDoor(NodeUrl url);

  // HOST:PORT.
  const std::string& name() const override { return name_; }
  Result<manage::Answer, Trouble> ask(const manage::Request& request, std::int64_t timeout_ms) override;
  // Processes of other machines cannot be told.
  std::optional<std::int64_t> pid() override { return std::nullopt; }
  std::optional<std::int64_t> pid_in(const std::string&) override { return std::nullopt; }
  bool lives(std::int64_t) override { return false; }
  std::int64_t now_ms() override;
  void pause_ms(std::int64_t time_ms) override;

 private:
  NodeUrl url_;
  std::string name_;
};

}  // namespace warren::ctl
