// Users, vhosts and permissions. What can be told from the catalog is told before anything is proposed, in the words of
// the reference; the catalog checks again.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/limits.hpp"
#include "base/password.hpp"
#include "manage/operations/desk/need.hpp"
#include "manage/operations/rows/catalog_rows.hpp"
#include "manage/operations/words/columns.hpp"

namespace warren::manage {
namespace {

Need refuse(std::string sentence, int code, std::string kind) {
  return Answer(Failure{std::move(sentence), code, std::move(kind), {}});
}

const broker::UserDefinition* user_in(const Map& arguments, const DeskFacts& facts) {
  return facts.catalog.find_user(text_of(arguments, "username"));
}

Need nobody(const Map& arguments) { return Answer(no_such_user(text_of(arguments, "username"))); }

bool good_name(std::string_view name, std::size_t bytes_max) { return !name.empty() && name.size() <= bytes_max; }

// ---- users ----

Need add_user(const Map& arguments, const DeskFacts& facts) {
  const std::string name = text_in(arguments, "username");
  if (!good_name(name, warren::limits::kUserNameBytesMax))
    return refuse(fmt::format("the name of a user has 1 to {} bytes", warren::limits::kUserNameBytesMax), kDataError,
                  "bad_argument");
  if (user_in(arguments, facts) != nullptr)
    return refuse(fmt::format("User \"{}\" already exists", name), kSoftware, "user_already_exists");
  const std::string_view password = text_of(arguments, "password");
  if (password.empty()) return refuse("a password is not empty", kDataError, "bad_argument");
  return propose(broker::PutUser{{name, hash_password(password, facts.salt), {}}},
                 "Done. Don't forget to grant the user permissions to some virtual hosts! See 'warrenctl help "
                 "set_permissions' to learn more.");
}

Need delete_user(const Map& arguments, const DeskFacts& facts) {
  if (user_in(arguments, facts) == nullptr) return nobody(arguments);
  return propose(broker::DeleteUser{text_in(arguments, "username")});
}

Need change_password(const Map& arguments, const DeskFacts& facts) {
  if (user_in(arguments, facts) == nullptr) return nobody(arguments);
  const std::string_view password = text_of(arguments, "password");
  if (password.empty()) return refuse("a password is not empty", kDataError, "bad_argument");
  return propose(broker::SetPassword{text_in(arguments, "username"), hash_password(password, facts.salt)});
}

Need clear_password(const Map& arguments, const DeskFacts& facts) {
  if (user_in(arguments, facts) == nullptr) return nobody(arguments);
  return propose(broker::SetPassword{text_in(arguments, "username"), {}});
}

Need authenticate(const Map& arguments, const DeskFacts& facts) {
  const broker::UserDefinition* user = user_in(arguments, facts);
  if (user != nullptr && password_matches(user->password_hash, text_of(arguments, "password")))
    return Answer(Value("Success"));
  const std::string name = text_in(arguments, "username");
  return refuse(fmt::format("failed to authenticate user \"{}\"\nuser '{}' - invalid credentials", name, name),
                kDataError, "not_authenticated");
}

Need set_tags(const Map& arguments, const DeskFacts& facts) {
  if (user_in(arguments, facts) == nullptr) return nobody(arguments);
  std::vector<std::string> tags;
  for (const Value& tag : list_of(arguments, "tags")) {
    const auto* name = tag.get<std::string>();
    if (name == nullptr || !good_name(*name, warren::limits::kShortStringBytesMax))
      return refuse("a tag has 1 to 255 bytes", kDataError, "bad_argument");
    if (std::ranges::find(tags, *name) == tags.end()) tags.push_back(*name);
  }
  return propose(broker::SetUserTags{text_in(arguments, "username"), std::move(tags)});
}

// ---- vhosts and permissions ----

Need add_vhost(const Map& arguments, const DeskFacts&) {
  const std::string name = text_in(arguments, "name");
  if (!good_name(name, warren::limits::kShortStringBytesMax))
    return refuse("the name of a virtual host has 1 to 255 bytes", kDataError, "bad_argument");
  return propose(broker::AddVhost{name});
}

Need delete_vhost(const Map& arguments, const DeskFacts& facts) {
  const std::string name = text_in(arguments, "name");
  if (facts.catalog.find_vhost(name) == nullptr) return Answer(no_such_vhost(name));
  return propose(broker::DeleteVhost{name});
}

Need set_permissions(const Map& arguments, const DeskFacts& facts) {
  const std::string vhost = vhost_in(arguments);
  if (auto failure = bad_pattern(arguments, {"configure", "write", "read"})) return Answer(std::move(*failure));
  if (user_in(arguments, facts) == nullptr) return nobody(arguments);
  if (facts.catalog.find_vhost(vhost) == nullptr) return Answer(no_such_vhost(vhost));
  return propose(broker::SetPermission{vhost, text_in(arguments, "username"), text_in(arguments, "configure"),
                                       text_in(arguments, "write"), text_in(arguments, "read")});
}

Need clear_permissions(const Map& arguments, const DeskFacts& facts) {
  const std::string vhost = vhost_in(arguments);
  if (user_in(arguments, facts) == nullptr) return nobody(arguments);
  if (facts.catalog.find_vhost(vhost) == nullptr) return Answer(no_such_vhost(vhost));
  return propose(broker::ClearPermission{vhost, text_in(arguments, "username")});
}

Need list_user_permissions(const Map& arguments, const DeskFacts& facts) {
  if (user_in(arguments, facts) == nullptr) return nobody(arguments);
  return Answer(user_permission_rows(facts.catalog, text_of(arguments, "username")));
}

constexpr std::array<Handler, 14> kTenantHandlers{{
    {"add_user", add_user},
    {"delete_user", delete_user},
    {"change_password", change_password},
    {"clear_password", clear_password},
    {"authenticate_user", authenticate},
    {"set_user_tags", set_tags},
    {"list_users", [](const Map&, const DeskFacts& facts) -> Need { return Answer(user_rows(facts.catalog)); }},
    {"add_vhost", add_vhost},
    {"delete_vhost", delete_vhost},
    {"set_permissions", set_permissions},
    {"clear_permissions", clear_permissions},
    {"list_permissions",
     [](const Map& arguments, const DeskFacts& facts) -> Need {
       return Answer(permission_rows(facts.catalog, vhost_in(arguments)));
     }},
    {"list_user_permissions", list_user_permissions},
    {"list_vhosts",
     [](const Map& arguments, const DeskFacts& facts) -> Need {
       return Answer(vhost_rows(facts.catalog, columns_in(kVhostColumns, arguments)));
     }},
}};

}  // namespace

const Handler* tenant_handler(std::string_view operation) { return handler_among(kTenantHandlers, operation); }

}  // namespace warren::manage
