// Who this node is, as a small file in its data folder: it must be known before anything else is read.
#pragma once

#include <optional>
#include <string>

#include "node/cluster/identity.hpp"

namespace warren::server {

struct StoredIdentity {
  node::Identity identity;
  // The data folder holds what belongs to an earlier life: it goes before anything is read.
  bool wipe = false;
};

// Nothing: the folder has no such file. Throws std::runtime_error with one sentence when it cannot be read.
std::optional<StoredIdentity> read_identity(const std::string& data_dir);
// Durable before it returns; the old file stays until the new one is whole. Throws as above.
void write_identity(const std::string& data_dir, const StoredIdentity& stored);

// Removes what a node keeps: journals, store. The identity stays.
void wipe_data(const std::string& data_dir);

}  // namespace warren::server
