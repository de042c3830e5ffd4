// A node behind its control socket.
#pragma once

#include <string>
#include <vector>

#include "tools/ctl/node/node_door.hpp"

namespace warren::ctl {

class SocketDoor : public NodeDoor {
 public:
  SocketDoor(std::string node, std::vector<std::string> directories)
      : node_(std::move(node)), directories_(std::move(directories)) {}

  const std::string& name() const override { return node_; }
  // A node that lives and has no socket is starting anew: it is waited for, up to ten seconds.
  Result<manage::Answer, Trouble> ask(const manage::Request& request, std::int64_t timeout_ms) override;
  std::optional<std::int64_t> pid() override;
  std::optional<std::int64_t> pid_in(const std::string& file) override;
  bool lives(std::int64_t process) override;
  std::int64_t now_ms() override;
  void pause_ms(std::int64_t time_ms) override;

 private:
  std::string node_;
  std::vector<std::string> directories_;
};

}  // namespace warren::ctl
