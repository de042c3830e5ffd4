#include "cluster/link_messages.hpp"

#include <doctest/doctest.h>

#include "base/rng.hpp"

namespace warren::link_messages_test {

using namespace warren::cluster;

namespace {

template <std::size_t size>
std::string literal(const char (&text)[size]) {
  return std::string(text, size - 1);
}

Hello some_hello() { return {LinkPurpose::mail, "w1@host", std::string(kNonceBytes, 'n')}; }

template <class Record>
bool reads(const Record& record) {
  Record back;
  return decode(encode(record), back);
}

}  // namespace

TEST_CASE("a connection begins with these bytes, for programs of all ages") {
  CHECK(preamble() == literal("WARREN\x00\x02"));
  CHECK(version_of(preamble()) == kLinkVersion);
  CHECK(version_of(literal("WARREN\x01\x02")) == 0x102);
  CHECK(version_of("GET / HT") == 0);
}

TEST_CASE("frames have these bytes and are cut out again") {
  std::string bytes;
  append_frame(bytes, LinkFrame::refusal, "no");
  append_frame(bytes, LinkFrame::control, "");
  CHECK(bytes == literal("\x00\x00\x00\x02\x03no\x00\x00\x00\x00\x05"));
  FrameView frame = next_frame(bytes, 2);
  CHECK(frame.state == FrameView::State::whole);
  CHECK(frame.kind == LinkFrame::refusal);
  CHECK(frame.payload == "no");
  frame = next_frame(std::string_view(bytes).substr(frame.bytes), 2);
  CHECK(frame.state == FrameView::State::whole);
  CHECK(frame.kind == LinkFrame::control);
  CHECK(frame.payload.empty());
}

TEST_CASE("a frame that has not come wholly waits, and one that is too long is known by its header") {
  std::string bytes;
  append_frame(bytes, LinkFrame::mail, "12345");
  for (std::size_t length = 0; length < bytes.size(); ++length)
    CHECK(next_frame(bytes.substr(0, length), 5).state == FrameView::State::unfinished);
  CHECK(next_frame(bytes, 4).state == FrameView::State::too_long);
  CHECK(next_frame(literal("\xff\xff\xff\xff\x06"), kMailBytesMax).state == FrameView::State::too_long);
}

TEST_CASE("a hello and a greeting are read as they were written") {
  const Hello hello = some_hello();
  Hello hello_back;
  REQUIRE(decode(encode(hello), hello_back));
  CHECK(hello_back.purpose == hello.purpose);
  CHECK(hello_back.name == hello.name);
  CHECK(hello_back.nonce == hello.nonce);
  CHECK(encode(hello) == literal("\x01\x00\x00\x00\x01\x02\x02\x00\x00\x00\x07w1@host\x03\x00\x00\x00\x20") +
                             std::string(kNonceBytes, 'n'));
  const Greeting greeting{NodeId(2), 3, 4, 5, 6, 7};
  Greeting back;
  REQUIRE(decode(encode(greeting), back));
  CHECK(encode(back) == encode(greeting));
  CHECK(back.received == 7);
}

TEST_CASE("a hello without a name, a purpose or a whole nonce is refused, and so is a greeting from nobody") {
  CHECK(reads(some_hello()));
  for (const auto spoil : {+[](Hello& hello) { hello.name = ""; }, +[](Hello& hello) { hello.nonce.pop_back(); },
                           +[](Hello& hello) { hello.name = std::string(kNodeNameBytesMax + 1, 'x'); },
                           +[](Hello& hello) { hello.purpose = LinkPurpose::none; }}) {
    Hello hello = some_hello();
    spoil(hello);
    CHECK_FALSE(reads(hello));
  }
  CHECK_FALSE(reads(Greeting{{}, 1}));
  CHECK_FALSE(reads(Greeting{NodeId(1), 0}));
}

TEST_CASE("oaths of different sides, names or purposes differ") {
  const Oath oath{false, some_hello(), some_hello()};
  Oath other = oath;
  other.by_acceptor = true;
  CHECK(encode(other) != encode(oath));
  other = oath;
  other.connector.purpose = LinkPurpose::ask;
  CHECK(encode(other) != encode(oath));
  other = oath;
  other.acceptor.name += "x";
  CHECK(encode(other) != encode(oath));
}

TEST_CASE("texts of others are short and on one line") {
  CHECK(printable("a\nb\x1b[31m\x7f") == "a?b?[31m?");
  CHECK(printable(std::string(10'000, 'x')).size() < 1000);
}

TEST_CASE("garbage is read or refused") {
  Rng rng(1);
  const std::string whole = encode(some_hello());
  for (int round = 0; round < 5000; ++round) {
    std::string bytes = whole;
    bytes[rng.below(bytes.size())] = static_cast<char>(rng.next());
    bytes.resize(rng.below(bytes.size() + 1));
    Hello hello;
    Greeting greeting;
    if (decode(bytes, hello)) CHECK(hello.nonce.size() == kNonceBytes);
    if (decode(bytes, greeting)) CHECK(greeting.node);
  }
}

}  // namespace warren::link_messages_test
