// What members say and do, as lines of text.
#pragma once

#include <string>

#include "cluster/raft/effects.hpp"
#include "cluster/raft/raft.hpp"

namespace warren::raft::testing {

std::string text_of(Place place);
std::string text_of(const Entry& entry);
std::string text_of(const Configuration& configuration);
std::string text_of(const Message& message);
std::string text_of(const Persist& persist);
std::string text_of(const ForMachine& effect);
std::string text_of(const Answer& answer);
std::string text_of(const Event& event);
std::string text_of(const Status& status);

}  // namespace warren::raft::testing
