// Who is refused by a node's links and how, what strangers can do, and questions.
#include <doctest/doctest.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <stdexcept>

#include "base/rng.hpp"
#include "server/link/links.hpp"
#include "tests/server/link/link_world.hpp"

namespace warren::links_trouble_test {

using namespace warren::server;
using namespace warren::server::testing;
using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr NodeId kFirst(1);
constexpr NodeId kSecond(2);

// Somebody with a socket and no manners.
struct Stranger {
  Stranger(World& world, std::uint16_t port, std::string_view words) : socket(world.io) {
    error_code error;
    socket.connect(tcp::endpoint(boost::asio::ip::address_v4::loopback(), port), error);
    boost::asio::write(socket, boost::asio::buffer(words.data(), words.size()), error);
    listen();
  }
  void listen() {
    socket.async_read_some(boost::asio::buffer(buffer), [this](error_code error, std::size_t bytes) {
      heard.append(buffer.data(), bytes);
      gone = static_cast<bool>(error);
      if (!error) listen();
    });
  }
  tcp::socket socket;
  std::array<char, 1024> buffer{};
  std::string heard;
  bool gone = false;
};

struct Answer {
  bool came = false;
  bool ok = false;
  std::string words;
  AskOutcome into() {
    return [this](bool fine, std::string text) {
      CHECK_FALSE(came);
      came = true;
      ok = fine;
      words = std::move(text);
    };
  }
};

}  // namespace

TEST_CASE("nodes with different secrets do not talk, and both say why") {
  World world;
  Node one(world, kFirst, 1, "secret");
  Node two(world, kSecond, 1, "another");
  introduce({&one, &two});
  CHECK(world.until(
      [&] { return one.logged("the cluster secret differs") && two.logged("the cluster secret differs"); }));
  CHECK(one.control.empty());
  CHECK(one.lost.empty());
}

TEST_CASE("a node that is not a member, or not known, or takes itself for another, is told so") {
  World world;
  Node one(world, kFirst);
  Node two(world, kSecond);
  one.links->set_peers({two.address()});
  CHECK(world.until([&] { return one.logged("node w2 knows no member w1"); }));
  two.links->set_self({});
  CHECK(world.until([&] { return one.logged("node w2 is not a member of a cluster yet"); }));
  two.links->set_self(NodeId(9));
  two.links->set_peers({one.address()});
  CHECK(world.until([&] { return one.logged("it takes itself for member 9, not 2"); }));
  two.links->set_self(kSecond);
  CHECK(connected(one, two));
}

TEST_CASE("another program at the port hears one sentence") {
  World world;
  Node one(world, kFirst);
  Stranger web(world, one.links->port(), "GET / HTTP/1.1\r\nHost: here\r\n\r\n");
  CHECK(world.until([&] { return web.gone; }));
  CHECK(web.heard.find("this is the port at which the nodes of a Warren cluster meet") != std::string::npos);
  Stranger newer(world, one.links->port(), std::string_view("WARREN\x00\x05", 8));
  CHECK(world.until([&] { return newer.gone; }));
  CHECK(newer.heard.find("this node speaks version 2 of the cluster protocol, the other 5") != std::string::npos);
  CHECK(one.logged("was turned away at the cluster's port: this is the port"));
}

TEST_CASE("whoever announces a long frame before proving anything is cut off") {
  World world;
  Node one(world, kFirst);
  Stranger greedy(world, one.links->port(), std::string_view("WARREN\x00\x02\x7f\xff\xff\xff\x01", 13));
  CHECK(world.until([&] { return greedy.gone; }));
  CHECK(one.logged("is longer than allowed"));
}

TEST_CASE("a crowd of strangers that say nothing makes room for those who come later") {
  World world;
  Node one(world, kFirst);
  Node two(world, kSecond);
  std::vector<std::unique_ptr<Stranger>> crowd;
  for (int i = 0; i < 300; ++i) crowd.push_back(std::make_unique<Stranger>(world, one.links->port(), ""));
  CHECK(world.until([&] { return crowd.front()->gone; }));
  CHECK_FALSE(crowd.back()->gone);
  introduce({&one, &two});
  CHECK(connected(one, two));
}

TEST_CASE("garbage at the port disturbs nobody") {
  World world;
  Node one(world, kFirst);
  Node two(world, kSecond);
  introduce({&one, &two});
  one.send(kSecond, 1, 500);
  Rng rng(3);
  std::vector<std::unique_ptr<Stranger>> strangers;
  for (int i = 0; i < 200; ++i) {
    std::string words = rng.one_in(2) ? cluster::preamble() : std::string();
    for (std::uint64_t bytes = rng.below(3000); bytes > 0; --bytes) words += static_cast<char>(rng.next());
    strangers.push_back(std::make_unique<Stranger>(world, (rng.one_in(2) ? one : two).links->port(), words));
  }
  CHECK(world.until([&] { return two.heard_all(kFirst, 500); }));
  CHECK(connected(one, two));
  CHECK(two.in_order(kFirst));
  CHECK(one.lost.empty());
  CHECK(one.log.size() < 20);
}

TEST_CASE("a port that is taken is said in one sentence") {
  World world;
  Node one(world, kFirst);
  const std::uint16_t port = one.links->port();
  CHECK_THROWS_WITH_AS(Node(world, kSecond, 1, "secret", port),
                       doctest::Contains("another process uses it; choose another with --cluster-port"),
                       std::runtime_error);
}

TEST_CASE("a question is answered, by a member or not") {
  World world;
  Node one(world, kFirst);
  Node two(world, kSecond);
  two.links->set_self({});
  Answer answer;
  one.links->ask("localhost", two.links->port(), "who is there?", 10'000, answer.into());
  REQUIRE(world.until([&] { return !two.asked.empty(); }));
  CHECK(two.asked.front().second == "who is there?");
  two.links->reply(two.asked.front().first, std::string(1 << 20, 'y'));
  two.links->reply(two.asked.front().first, "again");
  CHECK(world.until([&] { return answer.came; }));
  CHECK(answer.ok);
  CHECK(answer.words.size() == 1 << 20);
}

TEST_CASE("a question that finds nobody, the wrong ones or no answer ends with a sentence") {
  World world;
  Node one(world, kFirst);
  Node other(world, kSecond, 1, "another");
  Node silent(world, NodeId(3));
  auto gone = std::make_unique<Node>(world, NodeId(4));
  const std::uint16_t free_port = gone->links->port();
  gone.reset();
  Answer nobody;
  Answer wrong;
  Answer late;
  one.links->ask("127.0.0.1", free_port, "?", 10'000, nobody.into());
  one.links->ask("127.0.0.1", other.links->port(), "?", 10'000, wrong.into());
  one.links->ask("127.0.0.1", silent.links->port(), "?", 300, late.into());
  CHECK_FALSE(nobody.came);
  CHECK(world.until([&] { return nobody.came && wrong.came && late.came; }));
  CHECK(nobody.words == "Connection refused");
  CHECK(wrong.words == "the cluster secret differs");
  CHECK(late.words.find("no answer") != std::string::npos);
  CHECK_FALSE((nobody.ok || wrong.ok || late.ok));
  // Who asked is gone: nobody minds.
  REQUIRE(silent.asked.size() == 1);
  silent.links->reply(silent.asked.front().first, "too late");
  silent.links->reply(12345, "to nobody");
}

TEST_CASE("nothing is heard after the end, whatever is under way") {
  World world;
  Node one(world, kFirst);
  Node two(world, kSecond);
  introduce({&one, &two});
  REQUIRE(connected(one, two));
  Answer answer;
  one.links->ask("127.0.0.1", two.links->port(), "?", 100, answer.into());
  one.send(kSecond, 1, 10);
  one.links->reset(kSecond);
  one.links->close();
  const std::size_t lines = one.log.size();
  two.links->send_control(kFirst, "?");
  CHECK_FALSE(world.until([&] { return answer.came || one.lost[kSecond] > 0; }, std::chrono::milliseconds(300)));
  CHECK(one.log.size() == lines);
}

}  // namespace warren::links_trouble_test
