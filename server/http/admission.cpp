#include "server/http/admission.hpp"

#include <algorithm>
#include <string>

#include "broker/session/authentication.hpp"

namespace warren::server {

Admission admission(const manage::Credentials& caller, bool loopback, const broker::Catalog& catalog,
                    const broker::session::SessionSettings& settings) {
  const std::string response = '\0' + caller.user + '\0' + caller.password;
  const auto login = broker::session::authenticate("PLAIN", response, loopback, catalog, settings);
  if (login.result != broker::session::AuthenticationResult::accepted) return Admission::unknown;
  const broker::UserDefinition* user = catalog.find_user(login.user);
  const bool administrates = user != nullptr && std::ranges::find(user->tags, "administrator") != user->tags.end();
  return administrates ? Admission::admitted : Admission::not_administrator;
}

}  // namespace warren::server
