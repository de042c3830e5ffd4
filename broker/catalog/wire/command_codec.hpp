// Commands as bytes: entries of the log that the cluster agrees on.
#pragma once

#include <string>
#include <string_view>

#include "broker/catalog/commands.hpp"

namespace warren::broker {

// A tag (base/tags) and numbered fields.
std::string encode(const Command& command);

// False: these are not the bytes of a command that a session, a node or an administrator may propose. Whether it may be
// carried out is for Catalog::apply to say. The command is not to be used then.
bool decode(std::string_view bytes, Command& command);

}  // namespace warren::broker
