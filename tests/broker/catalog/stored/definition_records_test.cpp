#include "broker/catalog/stored/definition_records.hpp"

#include <doctest/doctest.h>

#include "base/rng.hpp"
#include "broker/catalog/stored/numbered_fields.hpp"
#include "tests/base/hex.hpp"
#include "tests/broker/catalog/world.hpp"

namespace warren::broker {
namespace {

QueueDefinition some_queue() {
  QueueDefinition queue;
  queue.ref = {QueueId(7), Epoch(1)};
  queue.vhost = VhostId(1);
  queue.name = "q";
  queue.durable = true;
  queue.arguments = table({{"n", std::int32_t{5}}});
  queue.owner = NodeId(2);
  queue.declared_on = 3;
  return queue;
}

// A reader of one record that knows no other fields than 2 and 4.
struct Old {
  std::uint32_t two = 0;
  std::string four = "unset";
};
bool read(std::string_view record, Old& old) {
  NumberedReader reader(record);
  reader.number(2, old.two);
  reader.text(4, old.four);
  return reader.finish();
}

}  // namespace

TEST_CASE("keys are a tag and an identity, in order of identity") {
  CHECK(hex(vhost_key(VhostId(1))) == "0100000001");
  CHECK(hex(user_key("bob")) == "02626f62");
  CHECK(hex(permission_key(VhostId(258), "bob")) == "0300000102626f62");
  CHECK(hex(topic_permission_key(VhostId(258), "bob", "x")) == "0a0000010203626f6278");
  CHECK(hex(exchange_key(ExchangeId(3))) == "040000000000000003");
  CHECK(hex(queue_key(QueueId(0x0102030405060708))) == "050102030405060708");
  CHECK(hex(binding_key(9)) == "060000000000000009");
  CHECK(hex(counters_key()) == "07");
  CHECK(hex(node_key(NodeId(258))) == "0800000102");
  CHECK(hex(cluster_name_key()) == "09");
  CHECK(queue_key(QueueId(255)) < queue_key(QueueId(256)));
}

TEST_CASE("keys are read back, and what is none is told") {
  CHECK(read_key(vhost_key(VhostId(5)))->number == 5);
  CHECK(read_key(queue_key(QueueId(1ull << 40)))->number == 1ull << 40);
  CHECK(read_key(binding_key(9))->tag == DefinitionTag::binding);
  CHECK(read_key(counters_key())->tag == DefinitionTag::counters);
  CHECK(read_key(node_key(NodeId(258)))->number == 258);
  CHECK(read_key(cluster_name_key())->tag == DefinitionTag::cluster_name);
  const std::string key = permission_key(VhostId(6), "bob");
  CHECK(read_key(key)->number == 6);
  CHECK(read_key(key)->user == "bob");
  CHECK(read_key(user_key(""))->user.empty());
  const std::string topic = topic_permission_key(VhostId(6), "bob", "x");
  CHECK(read_key(topic)->number == 6);
  CHECK(read_key(topic)->user == "bob");
  CHECK(read_key(topic)->exchange == "x");
  CHECK_FALSE(read_key(topic.substr(0, 8)));
  for (const std::string& bad :
       {std::string(), std::string("\x0a"), node_key(NodeId(0)), node_key(NodeId(1)) + "x", std::string(9, '\0'),
        vhost_key(VhostId(1)) + "x", vhost_key(VhostId(0)), queue_key(QueueId(1)).substr(0, 8), queue_key(QueueId(0)),
        key.substr(0, 4), counters_key() + "x"}) {
    CAPTURE(hex(bad));
    CHECK_FALSE(read_key(bad));
  }
}

TEST_CASE("the bytes of every kind of record stay as they are") {
  CHECK(hex(encode(VhostDefinition{VhostId(1), "/"})) == "01000000012f");
  CHECK(hex(encode(UserDefinition{"bob", "h", {"a", "bc"}})) ==
        "010000000168020000000161020000000262"
        "63");
  CHECK(hex(encode(PermissionDefinition{VhostId(1), "bob", ".*", "", "r"})) == "01000000022e2a030000000172");
  const ExchangeDefinition exchange{.id = ExchangeId(3),
                                    .vhost = VhostId(1),
                                    .name = "x",
                                    .type = "topic",
                                    .durable = true,
                                    .auto_delete = true,
                                    .internal = true,
                                    .arguments = table({{"a", true}})};
  CHECK(hex(encode(exchange)) ==
        "01000000040000000102000000017803000000"
        "05746f706963"
        "040000000101050000000101060000000101"
        "070000000401617401");
  CHECK(hex(encode(some_queue())) ==
        "010000000400000001020000000171"
        "03000000080000000000000001040000000101"
        "0600000007016e4900000005"
        "07000000040000000208000000020003");
  QueueDefinition exclusive = some_queue();
  exclusive.exclusive_owner = {SessionId(9), NodeId(2), 3};
  CHECK(hex(encode(exclusive)) == hex(encode(some_queue())) +
                                      "09000000080000000000000009"
                                      "0a0000000400000002"
                                      "0b000000020003");
  QueueDefinition mirrored = some_queue();
  mirrored.mirrors = {NodeId(3), NodeId(258)};
  mirrored.in_sync = {NodeId(258)};
  CHECK(hex(encode(mirrored)) == hex(encode(some_queue())) +
                                     "0c000000080000000300000102"
                                     "0d0000000400000102");
  const NodeDefinition node{NodeId(1), "w1", NodeKind::ram, "h", 258, 5, true, true};
  CHECK(hex(encode(node)) ==
        "01000000027731020000000102030000000168"
        "04000000020102"
        "05000000080000000000000005"
        "060000000101070000000101");
  CHECK(hex(encode(ClusterName{"c"})) == "010000000163");
  const BindingDefinition binding{ExchangeId(3), DestinationKind::exchange, 4, "k", {}};
  CHECK(hex(encode(binding)) ==
        "01000000080000000000000003020000000101"
        "0300000008000000000000000404000000016b");
  CHECK(hex(encode(CatalogCounters{VhostId(1), ExchangeId(2), QueueId(3), 4, Revision(5), NodeId(6)})) ==
        "0100000004000000010200000008000000000000000203000000080000000000000003"
        "0400000008000000000000000405000000080000000000000005"
        "060000000400000006");
}

TEST_CASE("every kind of record is read as it was written") {
  QueueDefinition queue;
  REQUIRE(decode(encode(some_queue()), queue));
  CHECK(queue.ref.epoch == Epoch(1));
  CHECK(queue.vhost == VhostId(1));
  CHECK(queue.name == "q");
  CHECK(queue.durable);
  CHECK_FALSE(queue.auto_delete);
  CHECK(queue.arguments == some_queue().arguments);
  CHECK(queue.owner == NodeId(2));
  CHECK(queue.declared_on == 3);
  QueueDefinition mirrored = some_queue();
  mirrored.mirrors = {NodeId(3), NodeId(258)};
  mirrored.in_sync = {NodeId(258)};
  CHECK(queue.mirrors.empty());
  REQUIRE(decode(encode(mirrored), queue));
  CHECK(queue.mirrors == mirrored.mirrors);
  CHECK(queue.in_sync == mirrored.in_sync);
  UserDefinition user;
  REQUIRE(decode(encode(UserDefinition{"bob", "h", {"a", "", "bc"}}), user));
  CHECK(user.password_hash == "h");
  CHECK(user.tags == Names{"a", "", "bc"});
  BindingDefinition binding;
  REQUIRE(decode(encode(BindingDefinition{ExchangeId(3), DestinationKind::exchange, 4, "k", {}}), binding));
  CHECK(binding.kind == DestinationKind::exchange);
  CHECK(binding.destination == 4);
  CatalogCounters counters;
  REQUIRE(decode(encode(CatalogCounters{VhostId(1), ExchangeId(2), QueueId(3), 4, Revision(5), NodeId(6)}), counters));
  CHECK(counters.binding == 4);
  CHECK(counters.revision == Revision(5));
  CHECK(counters.node == NodeId(6));
  NodeDefinition node;
  REQUIRE(decode(encode(NodeDefinition{NodeId(1), "w1", NodeKind::witness, "h", 258, 5, true, false}), node));
  CHECK(node.name == "w1");
  CHECK(node.kind == NodeKind::witness);
  CHECK(node.incarnation == 5);
  CHECK(node.running);
  CHECK_FALSE(node.draining);
  node = {};
  CHECK_FALSE(decode(encode(NodeDefinition{NodeId(1), "", NodeKind::disc, "h", 1, 1, true, false}), node));
  CHECK_FALSE(decode(encode(NodeDefinition{NodeId(1), "w1", NodeKind::none, "h", 1, 1, true, false}), node));
}

TEST_CASE("programs of different age read each other's records") {
  std::string record;
  NumberedWriter writer(record);
  writer.number(1, std::uint64_t{1});
  writer.number(2, std::uint8_t{9});  // another width than the reader's
  writer.text(3, "between");
  writer.text(5, "behind");
  Old old;
  REQUIRE(read(record, old));
  CHECK(old.two == 9);
  CHECK(old.four == "unset");
  Old of_nothing;
  CHECK(read({}, of_nothing));
  CHECK(of_nothing.two == 0);
}

TEST_CASE("records that are not sound are told") {
  Old old;
  const auto field = [](char number, std::string_view bytes) {
    return std::string{number, 0, 0, static_cast<char>(bytes.size() >> 8), static_cast<char>(bytes.size())}.append(
        bytes);
  };
  CHECK(read(field(2, "\x01"), old));
  CHECK_FALSE(read(field(2, "\x01") + "\x04", old));                      // half a header
  CHECK_FALSE(read(field(2, ""), old));                                   // a number of no bytes
  CHECK_FALSE(read(field(2, std::string(9, '\1')), old));                 // of too many
  CHECK_FALSE(read(field(2, std::string_view("\x01\0\0\0\0", 5)), old));  // that does not fit
  CHECK_FALSE(read(field(4, "a") + field(2, "\x01"), old));               // not in order
  CHECK_FALSE(read(field(4, "a") + field(4, "b"), old));                  // twice
  CHECK_FALSE(read(field(4, "a") + field(5, "abc").substr(0, 7), old));   // cut behind what is known
  CHECK_FALSE(read(std::string("\x04\xff\xff\xff\xff") + "short", old));  // a length beyond the end
  QueueDefinition queue;
  CHECK(decode(field(12, std::string("\0\0\0\3", 4)), queue));
  for (const std::string& nodes :
       {std::string("\0\0\3", 3), std::string(4, '\0'), std::string(65 * 4, '\1'), std::string()})
    CHECK_FALSE(decode(field(12, nodes), queue));
  ExchangeDefinition exchange;
  CHECK_FALSE(decode(field(7,
                           "\x05"
                           "a"),
                     exchange));  // a table that ends early
}

TEST_CASE("a record that was cut or altered anywhere is read safely") {
  const std::string whole = encode(some_queue());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    QueueDefinition queue;
    (void)decode(whole.substr(0, size), queue);
    CHECK(queue.name.size() <= 1);
  }
  Rng rng(1);
  for (int i = 0; i < 20000; ++i) {
    std::string altered = whole;
    altered[rng.below(altered.size())] = static_cast<char>(rng.next());
    QueueDefinition queue;
    (void)decode(altered, queue);
    CHECK(queue.name.size() <= whole.size());
  }
}

}  // namespace warren::broker
