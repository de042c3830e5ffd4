// Which refused changes of definitions are told: who tries in a loop would drown everything else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "node/registrar/happening.hpp"

namespace warren::node {

class RefusedChanges {
 public:
  // One more; what is to be told of it, once a second at most.
  std::optional<DefinitionRefused> note(std::string_view reason, std::string_view user, Instant now);

 private:
  Instant not_before_ = 0;
  std::uint64_t left_out_ = 0;
};

// For people.
std::string line_of(const DefinitionRefused& refused);

}  // namespace warren::node
