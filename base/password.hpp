// Passwords as they are kept: salted and hashed, in the text form that RabbitMQ uses, so that definitions can be moved
// over.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace warren {

// Base64 of the salt (4 bytes, big-endian) followed by SHA-256 of salt and password. The salt comes from outside and
// should be random.
std::string hash_password(std::string_view password, std::uint32_t salt);

// Whether the hash was made of this password. Takes the same time wherever the two differ. An empty password and a hash
// that cannot be read match nothing.
bool password_matches(std::string_view hash, std::string_view password);

}  // namespace warren
