#include "tests/broker/catalog/world.hpp"

namespace warren::broker {

TEST_CASE("the default definitions make vhost '/' and its administrator guest") {
  Catalog catalog;
  for (const Command& command : default_definitions("hash")) CHECK(catalog.apply(command).ok());
  REQUIRE(catalog.find_vhost("/") != nullptr);
  REQUIRE(catalog.find_user("guest") != nullptr);
  CHECK(catalog.find_user("guest")->password_hash == "hash");
  CHECK(catalog.find_user("guest")->tags == std::vector<std::string>{"administrator"});
  const PermissionDefinition* permission = catalog.find_permission(catalog.find_vhost("/")->id, "guest");
  REQUIRE(permission != nullptr);
  CHECK(permission->configure == ".*");
  CHECK(permission->write == ".*");
  CHECK(permission->read == ".*");
}

TEST_CASE("a new vhost has the predeclared exchanges, all durable") {
  World world;
  struct Predeclared {
    const char* name;
    const char* type;
    bool internal;
  };
  for (const Predeclared& wanted :
       {Predeclared{"", "direct", false}, Predeclared{"amq.direct", "direct", false},
        Predeclared{"amq.fanout", "fanout", false}, Predeclared{"amq.topic", "topic", false},
        Predeclared{"amq.headers", "headers", false}, Predeclared{"amq.match", "headers", false},
        Predeclared{"amq.rabbitmq.trace", "topic", true}, Predeclared{"amq.rabbitmq.event", "topic", true}}) {
    CAPTURE(wanted.name);
    REQUIRE(world.has_exchange(wanted.name));
    const ExchangeDefinition& found = world.exchange_record(wanted.name).definition;
    CHECK(found.type == wanted.type);
    CHECK(found.internal == wanted.internal);
    CHECK(found.durable);
    CHECK_FALSE(found.auto_delete);
  }
  CHECK(world.catalog().exchange_count() == 8);
  world.apply(AddVhost{"other"});  // all but the exchange of events
  CHECK(world.catalog().find_exchange(world.catalog().find_vhost("other")->id, "amq.rabbitmq.event") == nullptr);
  CHECK(world.catalog().exchange_count() == 15);
}

TEST_CASE("a vhost that exists is not added again") {
  World world;
  const Revision before = world.catalog().revision();
  CHECK(world.apply(AddVhost{"/"}).empty());
  CHECK(world.catalog().revision() == before);
}

TEST_CASE("deleting a vhost takes everything in it, reports it, and touches no other") {
  World world;
  world.apply(AddVhost{"other"});
  world.apply(PutUser{{"bob", "", {}}});
  world.apply(SetPermission{"/", "bob", "a", "b", "c"});
  world.queue("q");
  world.queue("mine", {SessionId(1), NodeId(1), 0});
  world.auto_delete_exchange("x", "fanout");
  world.bind("x", "q");
  world.bind("x", "mine");
  world.bind_exchange("amq.topic", "x", "#");
  const auto changes = world.apply(DeleteVhost{"/"});
  CHECK(count_changes<BindingDeleted>(changes) == 3);
  CHECK(count_changes<QueueDeleted>(changes) == 2);
  CHECK(count_changes<ExchangeDeleted>(changes) == 9);
  CHECK(count_changes<PermissionCleared>(changes) == 1);
  CHECK(std::holds_alternative<VhostDeleted>(changes.back()));
  CHECK(world.catalog().find_vhost("/") == nullptr);
  CHECK(world.catalog().vhost(world.vhost()) == nullptr);
  CHECK(world.catalog().find_permission(world.vhost(), "bob") == nullptr);
  CHECK(world.catalog().queue_count() == 0);
  CHECK(world.catalog().binding_count() == 0);
  CHECK(world.catalog().exchange_count() == 7);
  CHECK(world.apply(DeleteExclusiveQueues{{SessionId(1), NodeId(1), 0}}).empty());
  CHECK(world.apply(DeleteVhost{"/"}).empty());
}

TEST_CASE("a vhost of the same name later is another vhost, and what was on its way to the first is refused") {
  World world;
  world.apply(DeleteVhost{"/"});
  world.apply(AddVhost{"/"});
  CHECK(world.catalog().find_vhost("/")->id > world.vhost());
  CHECK(world.refusal(DeclareQueue{world.queue_like("q")}).code == amqp::ReplyCode::not_found);
  CHECK(world.refusal(DeclareExchange{world.exchange_like("x", "fanout")}).code == amqp::ReplyCode::not_found);
  CHECK(world.refusal(world.to_queue("amq.topic", "q")).code == amqp::ReplyCode::not_found);
  CHECK(world.apply(DeleteExchange{world.vhost(), "x"}).empty());
  CHECK(world.apply(Unbind{world.to_queue("amq.topic", "q")}).empty());
}

TEST_CASE("users are put, changed and deleted with their permissions") {
  World world;
  world.apply(PutUser{{"bob", "h1", {}}});
  world.apply(SetPermission{"/", "bob", "a", "b", "c"});
  const Revision before = world.catalog().revision();
  world.apply(PutUser{{"bob", "h1", {}}});
  world.apply(SetPermission{"/", "bob", "a", "b", "c"});
  CHECK(world.catalog().revision() == before);
  world.apply(PutUser{{"bob", "h2", {"monitoring"}}});
  CHECK(world.catalog().revision() > before);
  CHECK(world.catalog().find_user("bob")->password_hash == "h2");
  world.apply(SetPermission{"/", "bob", "", "", "r"});
  CHECK(world.catalog().find_permission(world.vhost(), "bob")->read == "r");
  const auto changes = world.apply(DeleteUser{"bob"});
  CHECK(count_changes<PermissionCleared>(changes) == 1);
  CHECK(std::holds_alternative<UserDeleted>(changes.back()));
  CHECK(world.catalog().find_user("bob") == nullptr);
  CHECK(world.catalog().find_permission(world.vhost(), "bob") == nullptr);
  CHECK(world.apply(DeleteUser{"bob"}).empty());
}

TEST_CASE("what was put tells what of it is new") {
  World world;
  const auto put = [&](std::string hash, Names tags) {
    const auto changes = world.apply(PutUser{{"bob", std::move(hash), std::move(tags)}});
    REQUIRE(changes.size() == 1);
    return std::get<UserPut>(changes.front());
  };
  CHECK(put("h1", {}).created);
  const UserPut password = put("h2", {});
  CHECK_FALSE(password.created);
  CHECK(password.password_changed);
  CHECK_FALSE(password.tags_changed);
  const UserPut tags = put("h2", {"management"});
  CHECK_FALSE(tags.password_changed);
  CHECK(tags.tags_changed);
  CHECK(count_changes<PermissionSet>(world.apply(SetPermission{"/", "bob", "", "", ""})) == 1);
  CHECK(count_changes<VhostCreated>(world.apply(AddVhost{"other"})) == 1);
}

TEST_CASE("password and tags of a user are changed one without the other") {
  World world;
  world.apply(PutUser{{"bob", "h1", {"management"}}});
  const auto password = world.apply(SetPassword{"bob", ""});
  REQUIRE(password.size() == 1);
  CHECK(std::get<UserPut>(password.front()).password_changed);
  CHECK_FALSE(std::get<UserPut>(password.front()).tags_changed);
  CHECK(world.catalog().find_user("bob")->password_hash.empty());
  CHECK(world.catalog().find_user("bob")->tags == Names{"management"});
  world.apply(SetPassword{"bob", "h2"});
  const auto tags = world.apply(SetUserTags{"bob", {"monitoring", "policymaker"}});
  CHECK(std::get<UserPut>(tags.front()).tags_changed);
  CHECK(world.catalog().find_user("bob")->password_hash == "h2");
  CHECK(world.apply(SetUserTags{"bob", {"monitoring", "policymaker"}}).empty());
  CHECK(world.apply(SetPassword{"bob", "h2"}).empty());
  CHECK(world.refusal(SetUserTags{"bob", Names(65, "t")}).text == "a user has at most 64 tags");
}

TEST_CASE("permissions are cleared without the user") {
  World world;
  world.apply(PutUser{{"bob", "", {}}});
  CHECK(world.apply(ClearPermission{"/", "bob"}).empty());
  world.apply(SetPermission{"/", "bob", "a", "b", "c"});
  CHECK(count_changes<PermissionCleared>(world.apply(ClearPermission{"/", "bob"})) == 1);
  CHECK(world.catalog().find_permission(world.vhost(), "bob") == nullptr);
  CHECK(world.catalog().find_user("bob") != nullptr);
}

TEST_CASE("users and vhosts that do not exist are told apart") {
  World world;
  world.apply(PutUser{{"bob", "", {}}});
  for (const Command& command : {Command(ClearPermission{"nowhere", "bob"}), Command(ClearPermission{"nowhere", "x"}),
                                 Command(SetPermission{"nowhere", "bob", "", "", ""})}) {
    CHECK(world.refusal(command).text == "Virtual host 'nowhere' does not exist");
    CHECK(world.refusal(command).code == amqp::ReplyCode::not_allowed);
  }
  for (const Command& command :
       {Command(ClearPermission{"/", "nobody"}), Command(SetPassword{"nobody", ""}), Command(SetUserTags{"nobody", {}}),
        Command(SetPermission{"/", "nobody", "", "", ""})}) {
    CHECK(world.refusal(command).text == "User 'nobody' does not exist");
    CHECK(world.refusal(command).code == amqp::ReplyCode::not_found);
  }
}

TEST_CASE("names of users have a bound") {
  World world;
  world.apply(PutUser{{std::string(128, 'b'), "", {}}});
  CHECK(world.refusal(PutUser{{std::string(129, 'b'), "", {}}}).text == "the name of a user has at most 128 bytes");
}

TEST_CASE("permissions need a user and a vhost") {
  World world;
  world.apply(PutUser{{"bob", "", {}}});
  CHECK(world.refusal(SetPermission{"nowhere", "bob", "", "", ""}).text == "Virtual host 'nowhere' does not exist");
  CHECK(world.refusal(SetPermission{"/", "nobody", "", "", ""}).text == "User 'nobody' does not exist");
}

TEST_CASE("topic permissions are set, changed and cleared, one or all") {
  World world;
  world.apply(PutUser{{"bob", "", {}}});
  CHECK(world.refusal(SetTopicPermission{"nowhere", "bob", "x", "", ""}).code == amqp::ReplyCode::not_allowed);
  CHECK(world.refusal(SetTopicPermission{"/", "nobody", "x", "", ""}).code == amqp::ReplyCode::not_found);
  CHECK(world.refusal(ClearTopicPermission{"/", "nobody", ""}).code == amqp::ReplyCode::not_found);
  CHECK(world.apply(ClearTopicPermission{"/", "bob", ""}).empty());
  world.apply(SetTopicPermission{"/", "bob", "x", "a", "b"});
  CHECK(count_changes<TopicPermissionSet>(world.apply(SetTopicPermission{"/", "bob", "x", "a", "c"})) == 1);
  world.apply(SetTopicPermission{"/", "bob", "y", "a", "b"});
  world.apply(SetTopicPermission{"/", "bob", "z", "a", "b"});
  CHECK(world.catalog().find_topic_permission(world.vhost(), "bob", "x")->read == "c");
  CHECK(count_changes<TopicPermissionCleared>(world.apply(ClearTopicPermission{"/", "bob", "x"})) == 1);
  CHECK(world.catalog().find_topic_permission(world.vhost(), "bob", "x") == nullptr);
  CHECK(count_changes<TopicPermissionCleared>(world.apply(ClearTopicPermission{"/", "bob", ""})) == 2);
}

TEST_CASE("topic permissions go with their user and their vhost") {
  World world;
  world.apply(AddVhost{"v"});
  world.apply(PutUser{{"bob", "", {}}});
  world.apply(SetTopicPermission{"/", "bob", "x", "a", "b"});
  world.apply(SetTopicPermission{"v", "bob", "x", "a", "b"});
  CHECK(count_changes<TopicPermissionCleared>(world.apply(DeleteVhost{"v"})) == 1);
  CHECK(count_changes<TopicPermissionCleared>(world.apply(DeleteUser{"bob"})) == 1);
  world.apply(PutUser{{"bob", "", {}}});
  CHECK(world.catalog().find_topic_permission(world.vhost(), "bob", "x") == nullptr);
}

TEST_CASE("a vhost takes no more queues than its limit, and those that are there stay") {
  World world;
  world.queue("a");
  world.queue("b");
  CHECK(world.apply(SetVhostLimits{"/", {std::nullopt, 2u}}).size() == 1);
  CHECK(world.apply(SetVhostLimits{"/", {std::nullopt, 2u}}).empty());
  CHECK(world.refusal(DeclareQueue{world.queue_like("c", {})}).text ==
        "cannot declare queue 'c': queue limit in vhost '/' (2) is reached");
  CHECK(world.apply(DeclareQueue{world.queue_like("a", {})}).empty());
  world.apply(SetVhostLimits{"/", {}});
  world.queue("c");
  CHECK(world.catalog().queue_count(world.vhost()) == 3);
  CHECK(world.refusal(SetVhostLimits{"nowhere", {}}).text == "Virtual host 'nowhere' does not exist");
}

}  // namespace warren::broker
