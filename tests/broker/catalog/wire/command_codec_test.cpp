#include "broker/catalog/wire/command_codec.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <set>

#include "base/rng.hpp"
#include "base/tags.hpp"
#include "tests/base/hex.hpp"
#include "tests/broker/catalog/random_commands.hpp"

namespace warren::broker {
namespace {

QueueDefinition some_queue() {
  QueueDefinition queue;
  queue.vhost = VhostId(1);
  queue.name = "q";
  queue.durable = true;
  queue.auto_delete = true;
  queue.exclusive_owner = {SessionId(9), NodeId(2), 3};
  queue.arguments = table({{"n", std::int32_t{5}}});
  queue.owner = NodeId(2);
  queue.declared_on = 3;
  return queue;
}

ExchangeDefinition some_exchange() {
  return {.id = {},
          .vhost = VhostId(1),
          .name = "x",
          .type = "topic",
          .durable = true,
          .auto_delete = true,
          .internal = true,
          .arguments = table({{"a", true}})};
}

Bind some_bind() { return {VhostId(1), "s", DestinationKind::exchange, "d", "k", table({{"a", true}})}; }

struct Golden {
  Command command;
  std::string bytes;
};

// What mirrored queues came with.
std::vector<Golden> golden_of_mirrors() {
  return {
      {NodeDown{NodeId(2), 5, true}, "1201000000040000000202000000080000000000000005030000000101"},
      {SetInSync{QueueId(7), Epoch(2), 5, NodeId(3), true},
       "1c0100000008000000000000000702000000080000000000000002"
       "030000000400000003040000000101"
       "05000000080000000000000005"},
      {FillCopies{QueueId(7), true}, "1e01000000080000000000000007020000000101"},
      {TransferQueue{QueueId(7), Epoch(2), NodeId(3)},
       "1d0100000008000000000000000702000000080000000000000002"
       "030000000400000003"},
  };
}

// One of every other kind, every field set.
std::vector<Golden> golden() {
  std::vector<Golden> all = golden_of_mirrors();
  const std::initializer_list<Golden> others{
      {AddVhost{"v"}, "01010000000176"},
      {DeleteVhost{"v"}, "02010000000176"},
      {PutUser{{"u", "h", {"a", "bc"}}},
       "03010000000175020000000168030000000161030000000262"
       "63"},
      {DeleteUser{"u"}, "04010000000175"},
      {SetPermission{"v", "u", "c", "w", "r"}, "05010000000176020000000175030000000163040000000177050000000172"},
      {DeclareExchange{some_exchange()},
       "06010000003401000000040000000102000000017803000000"
       "05746f706963"
       "040000000101050000000101060000000101"
       "070000000401617401"},
      {DeleteExchange{VhostId(1), "x", true},
       "070100000004000000010200000001780300000001"
       "01"},
      {DeclareQueue{some_queue()},
       "080100000054010000000400000001020000000171"
       "0400000001010500000001010600000007016e4900000005"
       "07000000040000000208000000020003"
       "090000000800000000000000090a00000004000000020b000000020003"},
      {DeleteQueue{QueueId(7)}, "0901000000080000000000000007"},
      {DeleteExclusiveQueues{{SessionId(9), NodeId(2), 3}},
       "0a01000000080000000000000009020000000400000002"
       "03000000020003"},
      {some_bind(),
       "0b010000000400000001020000000173030000000101040000000164"
       "05000000016b060000000401617401"},
      {Unbind{some_bind()},
       "0c010000000400000001020000000173030000000101040000000164"
       "05000000016b060000000401617401"},
      {ClearPermission{"v", "u"}, "0d010000000176020000000175"},
      {SetUserTags{"u", {"a"}}, "0e010000000175020000000161"},
      {SetPassword{"u", "h"}, "0f010000000175020000000168"},
      {AddNode{"n", NodeKind::ram, "h", 258}, "1001000000016e02000000010203000000016804000000020102"},
      {NodeUp{NodeId(2), 5, "h", 258},
       "11010000000400000002020000000800000000000000050300000001680400000002"
       "0102"},
      {NodeDown{NodeId(2), 5}, "1201000000040000000202000000080000000000000005"},
      {RemoveNode{NodeId(2)}, "13010000000400000002"},
      {SetDraining{NodeId(2), true}, "14010000000400000002020000000101"},
      {SetClusterName{"c"}, "15010000000163"},
      {SetTopicPermission{"v", "u", "x", "w", "r"}, "16010000000176020000000175030000000178040000000177050000000172"},
      {ClearTopicPermission{"v", "u", "x"}, "17010000000176020000000175030000000178"},
      {SetVhostLimits{"v", {0u, 5u}},
       "18010000000176020000000800000000000000010300000008000000000000000"
       "6"},
      {SetPolicy{"v", {{}, PolicyKind::operators, "p", "q", ApplyTo::queues, 2, table({{"n", std::int32_t{5}}})}},
       "1a010000000176020000000101030000000170"
       "0400000025"
       "010000000171020000000101030000000800000000000000020400000007016e4900000005"},
      {ClearPolicy{"v", PolicyKind::operators, "p"}, "1b010000000176020000000101030000000170"},
  };
  all.insert(all.end(), others.begin(), others.end());
  return all;
}

// Whether the command is read as it was written.
bool comes_back(const Command& command) {
  Command read;
  return decode(encode(command), read) && read.index() == command.index() && encode(read) == encode(command);
}

bool refused(const Command& command) {
  Command read;
  return !decode(encode(command), read);
}

std::string long_name(std::size_t bytes) { return std::string(bytes, 'n'); }

}  // namespace

TEST_CASE("the bytes of every kind of command stay as they are") {
  std::set<std::size_t> kinds;
  for (const Golden& one : golden()) {
    CAPTURE(one.command.index());
    CHECK(hex(encode(one.command)) == one.bytes);
    CHECK(comes_back(one.command));
    kinds.insert(one.command.index());
  }
  CHECK_MESSAGE(kinds.size() == std::variant_size_v<Command>, "every kind has its bytes here");
}

TEST_CASE("what is read is what was written, field by field") {
  Command read;
  REQUIRE(decode(encode(DeclareQueue{some_queue()}), read));
  const QueueDefinition& queue = std::get<DeclareQueue>(read).queue;
  CHECK(queue.exclusive_owner == SessionRef{SessionId(9), NodeId(2), 3});
  CHECK(queue.arguments == some_queue().arguments);
  CHECK(queue.owner == NodeId(2));
  CHECK(queue.auto_delete);
  REQUIRE(decode(encode(Unbind{some_bind()}), read));
  const Bind& bind = std::get<Unbind>(read).binding;
  CHECK(bind.kind == DestinationKind::exchange);
  CHECK(bind.destination == "d");
  CHECK(bind.arguments == some_bind().arguments);
  REQUIRE(decode(encode(AddNode{"n", NodeKind::witness, "h", 258}), read));
  CHECK(std::get<AddNode>(read).kind == NodeKind::witness);
  CHECK(std::get<AddNode>(read).cluster_port == 258);
  REQUIRE(decode(encode(PutUser{{"u", "h", {"a", "", "bc"}}}), read));
  CHECK(std::get<PutUser>(read).user.tags == Names{"a", "", "bc"});
}

TEST_CASE("random commands come back, and do to a catalog what they would have done") {
  Catalog direct;
  Catalog by_wire;
  RandomCommands commands(1);
  for (int i = 0; i < 3000; ++i) {
    const Command command = commands.next();
    Command read;
    REQUIRE(decode(encode(command), read));
    CHECK(direct.apply(command).ok() == by_wire.apply(read).ok());
    REQUIRE(direct.revision() == by_wire.revision());
  }
}

TEST_CASE("names have the bounds that sessions keep") {
  for (const std::size_t bytes : {255, 256}) {
    const std::string name = long_name(bytes);
    ExchangeDefinition exchange = some_exchange();
    exchange.name = name;
    ExchangeDefinition typed = some_exchange();
    typed.type = name;
    QueueDefinition queue = some_queue();
    queue.name = name;
    Bind source = some_bind();
    source.source = name;
    Bind key = some_bind();
    key.routing_key = name;
    for (const Command& command :
         {Command(AddVhost{name}), Command(DeclareExchange{exchange}), Command(DeclareExchange{typed}),
          Command(DeclareQueue{queue}), Command(DeleteExchange{VhostId(1), name, false}), Command(source),
          Command(Unbind{key}), Command(SetPermission{name, "u", "", "", ""}),
          Command(AddNode{name, NodeKind::disc, "h", 1}), Command(NodeUp{NodeId(1), 1, name, 1}),
          Command(SetUserTags{"u", {name}}), Command(SetClusterName{name}),
          Command(SetTopicPermission{"v", "u", name, "", ""}), Command(ClearTopicPermission{name, "u", ""})}) {
      CAPTURE(command.index());
      CHECK(refused(command) == (bytes > 255));
    }
  }
  CHECK(comes_back(PutUser{{long_name(128), "", {}}}));
  for (const Command& command :
       {Command(PutUser{{long_name(129), "", {}}}), Command(DeleteUser{long_name(129)}),
        Command(SetPermission{"v", long_name(129), "", "", ""}), Command(ClearPermission{"v", long_name(129)}),
        Command(SetUserTags{long_name(129), {}}), Command(SetPassword{long_name(129), ""}),
        Command(SetUserTags{"u", Names(65, "t")}), Command(PutUser{{"u", "", Names(65, "t")}})})
    CHECK(refused(command));
}

TEST_CASE("what nobody proposes is refused") {
  for (const Command& command :
       {Command(AddNode{"n", NodeKind::none, "h", 1}), Command(AddNode{"", NodeKind::disc, "h", 1}),
        Command(NodeUp{NodeId(), 1, "h", 1}), Command(NodeUp{NodeId(1), 0, "h", 1}),
        Command(DeleteExclusiveQueues{{SessionId(), NodeId(1), 0}})})
    CHECK(refused(command));
  Command read;
  CHECK_FALSE(decode("", read));
  CHECK_FALSE(decode(std::string_view("\0", 1), read));
  CHECK_FALSE(decode("\x7e", read));
  CHECK_FALSE(decode("\xff\x01", read));
  std::string kind_beyond = encode(AddNode{"n", NodeKind::witness, {}, 0});
  kind_beyond.back() = 4;
  CHECK_FALSE(decode(kind_beyond, read));
}

TEST_CASE("fields that a program does not know are skipped") {
  std::string bytes = encode(AddVhost{"v"});
  bytes.append("\x07\0\0\0\x01z", 6);
  Command read;
  REQUIRE(decode(bytes, read));
  CHECK(std::get<AddVhost>(read).name == "v");
}

TEST_CASE("bytes that were cut, altered or made up are read safely") {
  Rng rng(1);
  for (const Golden& one : golden()) {
    const std::string whole = encode(one.command);
    Command read;
    for (std::size_t size = 0; size < whole.size(); ++size) {
      // What ends between two fields is a command of fewer fields; everything else is none.
      if (decode(whole.substr(0, size), read)) CHECK(encode(read).size() <= size);
    }
    for (int i = 0; i < 3000; ++i) {
      std::string altered = whole;
      for (std::uint64_t times = 1 + rng.below(3); times > 0; --times)
        altered[rng.below(altered.size())] = static_cast<char>(rng.next());
      if (decode(altered, read)) CHECK(comes_back(read));
    }
  }
  for (int i = 0; i < 20000; ++i) {
    std::string made_up(rng.below(40), '\0');
    for (char& byte : made_up) byte = static_cast<char>(rng.one_in(2) ? rng.below(12) : rng.next());
    Command read;
    if (decode(made_up, read)) CHECK(comes_back(read));
  }
}

}  // namespace warren::broker
