#include "tools/ctl/banner.hpp"

#include <doctest/doctest.h>

namespace warren::ctl {
namespace {

std::string of(std::string_view operation, manage::Map arguments, BannerFacts facts = {"a@h", 7, 5000}) {
  return banner({manage::find_operation(operation), std::move(arguments), {}}, facts);
}

}  // namespace

TEST_CASE("a banner names the node and the arguments") {
  CHECK(of("join_cluster", manage::Map{}.add("member", "b@h")) == "Clustering node a@h with b@h");
  CHECK(of("add_user", manage::Map{}.add("username", "x")) == "Adding user \"x\" ...");
  CHECK(of("set_user_tags", manage::Map{}.add("username", "u").add("tags", manage::List{"a", "b"})) ==
        "Setting tags for user \"u\" to [a, b] ...");
  CHECK(of("set_user_tags", manage::Map{}.add("username", "u")) == "Setting tags for user \"u\" to [] ...");
  CHECK(of("await_online_nodes", manage::Map{}.add("count", "3")) ==
        "Will wait for at least 3 nodes to join the cluster of a@h. Timeout: 5 seconds.");
  CHECK(of("shutdown", {}) == "Shutting down RabbitMQ node a@h running at PID 7");
}

TEST_CASE("the vhost that is not named is '/'") {
  CHECK(of("list_permissions", {}) == "Listing permissions for vhost \"/\" ...");
  CHECK(of("list_bindings", manage::Map{}.add("vhost", "v")) == "Listing bindings for vhost v...");
}

TEST_CASE("a value that looks like a name is not looked at again") {
  CHECK(of("add_user", manage::Map{}.add("username", "{node}")) == "Adding user \"{node}\" ...");
}

}  // namespace warren::ctl
