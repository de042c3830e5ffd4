// Who this node is, as a small file in its data folder: it must be known before anything else is read. A spare copy
// lies beside it, for a node that does not know who it is cannot start at all.
#pragma once

#include <optional>
#include <string>

#include "node/cluster/identity.hpp"

namespace warren::server {

struct StoredIdentity {
  node::Identity identity;
  // The data folder holds what belongs to an earlier life: it goes before anything is read.
  bool wipe = false;
  // What is wrong with one of the two files, as a sentence; empty: both say the same.
  std::string trouble = {};
};

// Nothing: the folder has no such file. Throws std::runtime_error with one sentence when neither file makes sense.
std::optional<StoredIdentity> read_identity(const std::string& data_dir);
// Both files, durable before it returns; an old file stays until its new one is whole. Throws as above.
void write_identity(const std::string& data_dir, const StoredIdentity& stored);

// Removes what a node keeps: journals, store. The identity stays.
void wipe_data(const std::string& data_dir);

}  // namespace warren::server
