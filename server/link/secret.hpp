// The secret that the nodes of a cluster have in common.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "cluster/link_messages.hpp"

namespace warren::server {

struct Secret {
  std::string text;
};

// What the file says, without the end of its line; a random text is put there first if there is no such file. Of nodes
// that start at once on one machine all get the same. Else one sentence that says what is wrong with the file.
Result<Secret, std::string> read_or_make_secret(const std::string& path);

// HMAC-SHA256 of the oath under the secret.
std::string prove(std::string_view secret, const cluster::Oath& oath);
// Takes the same time wherever the two differ.
bool same_proof(std::string_view one, std::string_view other);

// For challenges: nobody can tell them beforehand.
std::string random_bytes(std::size_t bytes);

}  // namespace warren::server
