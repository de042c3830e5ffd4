// One run of the tool.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tools/ctl/invocation.hpp"
#include "tools/ctl/node/http_door.hpp"
#include "tools/ctl/node/node_door.hpp"

namespace warren::ctl {

// What surrounds the tool.
struct Surroundings {
  std::string program;  // the name it was called by
  std::string version;
  std::function<void(std::string_view)> out;
  std::function<void(std::string_view)> err;
  PasswordReader read_password;
  std::function<std::unique_ptr<NodeDoor>(const std::string& named)> open;
  std::function<std::unique_ptr<NodeDoor>(const NodeUrl&)> open_url;
};

// Does what the words behind the program's name say. Returns the exit code.
int run(const std::vector<std::string>& words, const Surroundings& around);

}  // namespace warren::ctl
