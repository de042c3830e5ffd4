#include "broker/session/authentication.hpp"

#include <fmt/core.h>

#include "amqp/table.hpp"
#include "base/password.hpp"

namespace warren::broker::session {
namespace {

struct Credentials {
  std::string user;
  std::string password;
};

// NUL user NUL password. An authorisation identity in front, or more NULs, is no PLAIN of ours.
std::optional<Credentials> read_plain(std::string_view response) {
  if (!response.starts_with('\0')) return std::nullopt;
  response.remove_prefix(1);
  const std::size_t end = response.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view password = response.substr(end + 1);
  if (password.find('\0') != std::string_view::npos) return std::nullopt;
  return Credentials{std::string(response.substr(0, end)), std::string(password)};
}

std::optional<std::string> text_of(const amqp::Table& table, std::string_view name) {
  const amqp::Value* value = table.find(name);
  if (value == nullptr) return std::nullopt;
  if (const std::string* text = value->text()) return *text;
  if (const auto* bytes = value->get<amqp::ByteArray>()) return bytes->bytes;
  return std::nullopt;
}

// A table without its length, holding LOGIN and PASSWORD.
std::optional<Credentials> read_amqplain(std::string_view response) {
  const auto table = amqp::decode_table(response);
  if (!table) return std::nullopt;
  const std::optional<std::string> user = text_of(*table, "LOGIN");
  const std::optional<std::string> password = text_of(*table, "PASSWORD");
  if (!user || !password) return std::nullopt;
  return Credentials{*user, *password};
}

}  // namespace

Authentication authenticate(std::string_view mechanism, std::string_view response, bool loopback, const Catalog& catalog,
                            const SessionSettings& settings) {
  std::optional<Credentials> credentials;
  if (mechanism == "PLAIN") credentials = read_plain(response);
  if (mechanism == "AMQPLAIN") credentials = read_amqplain(response);
  if (!credentials) return {AuthenticationResult::malformed, {}, fmt::format("{} login: response invalid", mechanism)};
  const UserDefinition* user = catalog.find_user(credentials->user);
  if (user == nullptr || !password_matches(user->password_hash, credentials->password))
    return {AuthenticationResult::refused, credentials->user,
            fmt::format("{} login refused: user '{}' - invalid credentials", mechanism, credentials->user)};
  if (!loopback && settings.loopback_users.contains(credentials->user))
    return {AuthenticationResult::refused, credentials->user,
            fmt::format("{} login refused: user '{}' can only connect via localhost", mechanism, credentials->user)};
  return {AuthenticationResult::accepted, credentials->user, {}};
}

}  // namespace warren::broker::session
