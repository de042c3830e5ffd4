#include <doctest/doctest.h>

#include "base/password.hpp"
#include "tests/manage/operations/desk/ask.hpp"

namespace warren::manage::testing {
namespace {

Map user(std::string name) { return Map{}.add("username", std::move(name)); }
Map user(std::string name, std::string password) { return user(std::move(name)).add("password", std::move(password)); }

}  // namespace

TEST_CASE("a user is made with a hashed password and no tags") {
  const Rig rig;
  const auto put = proposal<broker::PutUser>(rig, "add_user", user("bob", "pw"));
  CHECK(put.user.name == "bob");
  CHECK(put.user.tags.empty());
  CHECK(password_matches(put.user.password_hash, "pw"));
  CHECK(failure(rig, "add_user", user("guest", "pw")).sentence == "User \"guest\" already exists");
  CHECK(failure(rig, "add_user", user("guest", "pw")).code == kSoftware);
  CHECK(failure(rig, "add_user", user("", "pw")).code == kDataError);
  CHECK(failure(rig, "add_user", user("bob", "")).code == kDataError);
  CHECK(failure(rig, "add_user", user(std::string(129, 'x'), "pw")).code == kDataError);
}

TEST_CASE("what is about a user wants one that exists") {
  const Rig rig;
  CHECK(failure(rig, "delete_user", user("x")).code == kNoUser);
  CHECK(failure(rig, "change_password", user("x", "pw")).code == kNoUser);
  CHECK(failure(rig, "clear_password", user("x")).code == kNoUser);
  CHECK(failure(rig, "set_user_tags", user("x")).code == kNoUser);
  CHECK(failure(rig, "list_user_permissions", user("x")).sentence == "User \"x\" does not exist");
  CHECK(failure(rig, "clear_permissions", user("x")).code == kNoUser);
  CHECK(failure(rig, "set_permissions", user("x").add("configure", "").add("write", "").add("read", "")).code ==
        kNoUser);
}

TEST_CASE("a password is changed or taken away") {
  const Rig rig;
  CHECK(password_matches(proposal<broker::SetPassword>(rig, "change_password", user("guest", "new")).password_hash,
                         "new"));
  CHECK(failure(rig, "change_password", user("guest", "")).code == kDataError);
  CHECK(proposal<broker::SetPassword>(rig, "clear_password", user("guest")).password_hash.empty());
  CHECK(proposal<broker::DeleteUser>(rig, "delete_user", user("guest")).name == "guest");
}

TEST_CASE("a password is tried") {
  const Rig rig;
  CHECK(value(rig, "authenticate_user", user("guest", "guest")) == Value("Success"));
  for (const Map& wrong : {user("guest", "x"), user("guest", ""), user("nobody", "guest")}) {
    CHECK(failure(rig, "authenticate_user", wrong).code == kDataError);
    CHECK(failure(rig, "authenticate_user", wrong).sentence.find("invalid credentials") != std::string::npos);
  }
}

TEST_CASE("tags are set once each") {
  const Rig rig;
  CHECK(proposal<broker::SetUserTags>(rig, "set_user_tags", user("guest").add("tags", List{"a", "b", "a"})).tags ==
        std::vector<std::string>{"a", "b"});
  CHECK(proposal<broker::SetUserTags>(rig, "set_user_tags", user("guest")).tags.empty());
  CHECK(failure(rig, "set_user_tags", user("guest").add("tags", List{""})).code == kDataError);
}

TEST_CASE("vhosts are made and deleted") {
  const Rig rig;
  CHECK(proposal<broker::AddVhost>(rig, "add_vhost", Map{}.add("name", "/")).name == "/");
  CHECK(failure(rig, "add_vhost", Map{}.add("name", "")).code == kDataError);
  CHECK(proposal<broker::DeleteVhost>(rig, "delete_vhost", Map{}.add("name", "/")).name == "/");
  CHECK(failure(rig, "delete_vhost", Map{}.add("name", "v")).sentence == "Virtual host 'v' does not exist");
  CHECK(failure(rig, "delete_vhost", Map{}.add("name", "v")).code == kDataError);
}

TEST_CASE("permissions are set and cleared in a vhost") {
  const Rig rig;
  const Map rights = user("guest").add("configure", "c").add("write", "w").add("read", "r");
  const auto set = proposal<broker::SetPermission>(rig, "set_permissions", rights);
  CHECK(set.vhost == "/");
  CHECK(set.configure + set.write + set.read == "cwr");
  CHECK(failure(rig, "set_permissions", Map(rights).add("vhost", "v")).code == kDataError);
  CHECK(proposal<broker::ClearPermission>(rig, "clear_permissions", user("guest")).vhost == "/");
  CHECK(failure(rig, "clear_permissions", user("guest").add("vhost", "v")).code == kDataError);
  CHECK(json(value(rig, "list_permissions", {})) == R"([{"user":"guest","configure":".*","write":".*","read":".*"}])");
  CHECK(json(value(rig, "list_permissions", Map{}.add("vhost", "v"))) == "[]");
  CHECK(json(value(rig, "list_vhosts", {})) == R"([{"name":"/"}])");
  CHECK(json(value(rig, "list_users", {})) == R"([{"user":"guest","tags":["administrator"]}])");
}

TEST_CASE("permissions want patterns that can be read") {
  const Rig rig;
  const auto permissions = [](std::string configure, std::string read) {
    return user("guest").add("configure", std::move(configure)).add("write", "").add("read", std::move(read));
  };
  CHECK(proposal<broker::SetPermission>(rig, "set_permissions", permissions("^a|b$", "")).configure == "^a|b$");
  for (const Map& bad : {permissions("(", ".*"), permissions(".*", "[a"), permissions(".*", std::string(5000, 'a'))}) {
    CHECK(failure(rig, "set_permissions", bad).code == kDataError);
    CHECK(failure(rig, "set_permissions", bad).kind == "invalid_regexp");
  }
  CHECK(failure(rig, "set_permissions", permissions("(", ".*")).sentence.starts_with("{:invalid_regexp, '(', '"));
}

}  // namespace warren::manage::testing
