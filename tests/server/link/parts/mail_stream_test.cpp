#include "server/link/parts/mail_stream.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace warren::mail_stream_test {

using namespace warren::server;

namespace {

FrameBytes frame(std::size_t bytes = 1) {
  ByteBuffer buffer;
  buffer.extend(bytes);
  return std::make_shared<const ByteBuffer>(std::move(buffer));
}

// Two processes with a stream between them, and a network that can stop anywhere.
struct Pair {
  struct Side {
    MailStream stream;
    NodeId node;
    std::uint64_t incarnation;
    int lost = 0;
    cluster::Greeting told = {};

    void push(std::size_t times = 1) {
      while (times-- > 0) CHECK(stream.push(frame()));
    }
    void reset() { lost += stream.reset(); }
    void hear(const cluster::Greeting& heard) {
      const MailStream::Meeting meeting = stream.meet(told, heard);
      CHECK(meeting.sound);
      lost += meeting.lost;
    }
  };
  Side a{{}, NodeId(1), 11};
  Side b{{}, NodeId(2), 22};

  void greet() {
    a.told = a.stream.greeting(a.node, a.incarnation);
    b.told = b.stream.greeting(b.node, b.incarnation);
  }
  void connect() {
    greet();
    a.hear(b.told);
    b.hear(a.told);
  }
  // What waits at one side comes to the other, which acknowledges the first of it.
  void carry(Side& from, Side& to, std::size_t acknowledged) {
    for (std::size_t i = from.stream.unacknowledged().size(); i > 0; --i) to.stream.received(1);
    CHECK(from.stream.acknowledged(acknowledged));
  }
  void restart(Side& side) {
    side.stream = {};
    side.incarnation += 100;
  }
  std::string lost() const { return std::to_string(a.lost) + std::to_string(b.lost); }
};

}  // namespace

TEST_CASE("mail that waits for the first connection is kept") {
  Pair pair;
  pair.a.push(3);
  pair.connect();
  CHECK(pair.lost() == "00");
  CHECK(pair.a.stream.unacknowledged().size() == 3);
}

TEST_CASE("a new connection goes on behind what was received") {
  Pair pair;
  pair.connect();
  pair.a.push(5);
  pair.carry(pair.a, pair.b, 2);
  CHECK(pair.a.stream.unacknowledged().size() == 3);
  pair.a.push();
  pair.connect();
  CHECK(pair.lost() == "00");
  CHECK(pair.a.stream.unacknowledged().size() == 1);
  CHECK(pair.b.stream.received() == 5);
}

TEST_CASE("a restart of either side is told once to the other, and what the new process has to say is kept") {
  for (const bool first : {true, false}) {
    Pair pair;
    pair.connect();
    pair.a.push(2);
    pair.b.push(2);
    Pair::Side& restarted = first ? pair.a : pair.b;
    Pair::Side& other = first ? pair.b : pair.a;
    pair.restart(restarted);
    restarted.push(1);
    pair.connect();
    pair.connect();
    CHECK(restarted.lost == 0);
    CHECK(other.lost == 1);
    CHECK(other.stream.unacknowledged().empty());
    CHECK(restarted.stream.unacknowledged().size() == 1);
  }
}

TEST_CASE("a restart that is heard of otherwise is not told again") {
  Pair pair;
  pair.connect();
  pair.restart(pair.b);
  CHECK(pair.a.stream.meets(pair.b.incarnation));
  CHECK_FALSE(pair.a.stream.meets(pair.b.incarnation));
  pair.a.push();
  pair.connect();
  CHECK(pair.lost() == "00");
  CHECK(pair.a.stream.unacknowledged().size() == 1);
  CHECK_FALSE(pair.a.stream.meets(pair.b.incarnation));
}

TEST_CASE("a reset by one side is told once to each") {
  Pair pair;
  pair.connect();
  pair.a.push();
  pair.b.push();
  pair.a.reset();
  pair.a.reset();
  CHECK(pair.lost() == "10");
  pair.a.push();
  pair.connect();
  CHECK(pair.lost() == "11");
  CHECK(pair.a.stream.unacknowledged().size() == 1);
  CHECK(pair.b.stream.unacknowledged().empty());
  pair.connect();
  CHECK(pair.lost() == "11");
}

TEST_CASE("a reset by both sides is told once to each") {
  Pair pair;
  pair.connect();
  pair.a.reset();
  pair.b.reset();
  pair.connect();
  CHECK(pair.lost() == "11");
}

TEST_CASE("a reset of a stream on which nothing waits and nothing was agreed is nothing") {
  Pair pair;
  pair.a.reset();
  CHECK(pair.lost() == "00");
  pair.a.push();
  pair.a.reset();
  CHECK(pair.lost() == "10");
}

TEST_CASE("a connection that breaks between the greetings loses nothing") {
  for (const bool first : {true, false}) {
    Pair pair;
    pair.a.push(2);
    pair.b.push(2);
    pair.greet();
    if (first)
      pair.a.hear(pair.b.told);
    else
      pair.b.hear(pair.a.told);
    pair.connect();
    CHECK(pair.lost() == "00");
    CHECK(pair.a.stream.unacknowledged().size() == 2);
    CHECK(pair.b.stream.unacknowledged().size() == 2);
  }
}

TEST_CASE("a side that does not know whether its mail was received before the other forgot it says that it is lost") {
  Pair pair;
  pair.connect();
  pair.a.push();
  // It comes, and the other side resets before an acknowledgement gets through.
  pair.b.stream.received(1);
  pair.b.reset();
  pair.connect();
  CHECK(pair.lost() == "11");
}

TEST_CASE("a number of the catalog that grows ends the stream, once on each side, whoever hears of it first") {
  Pair pair;
  pair.connect();
  pair.a.lost += pair.a.stream.set_number(2);
  pair.connect();
  CHECK(pair.lost() == "11");
  pair.b.lost += pair.b.stream.set_number(2);
  pair.connect();
  CHECK(pair.lost() == "11");
  CHECK_FALSE(pair.a.stream.set_number(1));
}

TEST_CASE("acknowledgements of what was never sent are refused") {
  MailStream stream;
  CHECK(stream.push(frame()));
  CHECK_FALSE(stream.acknowledged(2));
  CHECK(stream.acknowledged(1));
  CHECK(stream.acknowledged(1));
  CHECK_FALSE(stream.acknowledged(0));
}

TEST_CASE("what waits is bounded, but one frame alone may be as long as it is") {
  MailStream stream;
  CHECK(stream.push(frame(MailStream::kUnacknowledgedBytesMax + 1)));
  CHECK_FALSE(stream.push(frame()));
  CHECK(stream.acknowledged(1));
  CHECK(stream.push(frame()));
  CHECK(stream.push(frame()));
}

TEST_CASE("what was received and not told is counted") {
  MailStream stream;
  CHECK_FALSE(stream.untold());
  stream.received(100);
  stream.received(50);
  CHECK(stream.untold());
  CHECK(stream.untold_bytes() == 150);
  stream.told();
  CHECK_FALSE(stream.untold());
  CHECK(stream.untold_bytes() == 0);
}

}  // namespace warren::mail_stream_test
