#include "broker/session/authentication.hpp"

#include <fmt/core.h>

#include <algorithm>

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

// Name and password are well-formed: do they open the door?
Authentication judge(const Credentials& given, std::string_view mechanism, bool loopback, const Catalog& catalog,
                     const SessionSettings& settings) {
  const UserDefinition* user = catalog.find_user(given.user);
  if (user == nullptr || !password_matches(user->password_hash, given.password))
    return {AuthenticationResult::refused, given.user,
            fmt::format("{} login refused: user '{}' - invalid credentials", mechanism, given.user)};
  if (!loopback && settings.loopback_users.contains(given.user))
    return {AuthenticationResult::refused, given.user,
            fmt::format("{} login refused: user '{}' can only connect via localhost", mechanism, given.user)};
  return {AuthenticationResult::accepted, given.user, {}};
}

Authentication malformed(std::string_view mechanism) {
  return {AuthenticationResult::malformed, {}, fmt::format("{} login: response invalid", mechanism)};
}

}  // namespace

bool offered(const SessionSettings& settings, std::string_view mechanism) {
  return std::find(settings.auth_mechanisms.begin(), settings.auth_mechanisms.end(), mechanism) !=
         settings.auth_mechanisms.end();
}

Authentication authenticate(std::string_view mechanism, std::string_view response, bool loopback,
                            const Catalog& catalog, const SessionSettings& settings) {
  if (!offered(settings, mechanism))
    return {AuthenticationResult::malformed, {}, fmt::format("unknown authentication mechanism '{}'", mechanism)};
  const std::optional<Credentials> given = mechanism == "PLAIN" ? read_plain(response) : read_amqplain(response);
  return given ? judge(*given, mechanism, loopback, catalog, settings) : malformed(mechanism);
}

Authentication answer_challenge(std::string_view user, std::string_view response, bool loopback, const Catalog& catalog,
                                const SessionSettings& settings) {
  constexpr std::string_view kPrefix = "My password is ";
  if (!response.starts_with(kPrefix)) return malformed(kChallengeMechanism);
  const Credentials given{std::string(user), std::string(response.substr(kPrefix.size()))};
  return judge(given, kChallengeMechanism, loopback, catalog, settings);
}

}  // namespace warren::broker::session
