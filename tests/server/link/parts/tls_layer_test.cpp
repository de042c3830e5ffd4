#include "server/link/parts/tls_layer.hpp"

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <memory>
#include <string>

#include "base/rng.hpp"
#include "tests/server/link/certificates.hpp"

namespace warren::tls_layer_test {

using namespace warren::server;
using namespace warren::server::testing;

namespace {

using LayerSide = TlsLayer::Side;

// One end, what it heard, and what it has to send.
struct TlsEnd {
  TlsEnd(const TlsContext& context, LayerSide side) : layer(context, side) {}
  void hear() {
    char piece[1000];
    while (const std::size_t bytes = layer.read(piece, sizeof piece)) heard.append(piece, bytes);
  }
  void say(std::string_view words) {
    layer.write(words);
    layer.take(out);
  }
  TlsLayer layer;
  ByteBuffer out;
  std::string heard;
};

// Carries what one has to send to the other, in pieces of at most that many bytes.
bool pass_on_to(TlsEnd& from, TlsEnd& to, std::size_t piece_max) {
  from.layer.take(from.out);
  const bool something = !from.out.empty();
  while (!from.out.empty()) {
    const std::size_t piece = std::min(piece_max, from.out.size());
    to.layer.feed(from.out.view().substr(0, piece));
    from.out.drop_front(piece);
    to.hear();
  }
  return something;
}

struct TlsPair {
  TlsPair(const TlsContext& connecting, const TlsContext& accepting)
      : one(connecting, LayerSide::connecting), two(accepting, LayerSide::accepting) {}
  void settle(std::size_t piece_max = kTlsPieceBytes) {
    while (pass_on_to(one, two, piece_max) || pass_on_to(two, one, piece_max)) {}
  }
  TlsEnd one;
  TlsEnd two;
};

bool gives_up(const TlsEnd& end, std::string_view words) {
  CAPTURE(end.layer.trouble());
  return end.layer.trouble().find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("two that one authority signed for speak in both directions, in pieces of any size") {
  const PemFolder folder;
  const Authority authority(folder, "ca");
  const auto first = context_of(authority.node("one"));
  const auto second = context_of(authority.node("two"));
  Rng rng(7);
  for (const std::size_t piece : {1, 7, 1000, 65536}) {
    TlsPair pair(*first, *second);
    CHECK_FALSE(pair.one.layer.ready());
    pair.settle(piece);
    REQUIRE(pair.one.layer.ready());
    REQUIRE(pair.two.layer.ready());
    std::string there;
    std::string back;
    for (int i = 0; i < 20; ++i) {
      const std::string words(rng.below(kTlsPieceBytes), static_cast<char>('a' + i));
      pair.one.say(words);
      there += words;
      pair.two.say(words.substr(words.size() / 2));
      back += words.substr(words.size() / 2);
      pair.settle(piece);
    }
    CHECK(pair.two.heard == there);
    CHECK(pair.one.heard == back);
    CHECK(pair.one.layer.trouble().empty());
  }
}

TEST_CASE("nothing of what is said can be read on the way") {
  const PemFolder folder;
  const Authority authority(folder, "ca");
  const auto context = context_of(authority.node("one"));
  TlsPair pair(*context, *context);
  pair.settle();
  pair.one.say("the words of a node");
  CHECK(pair.one.out.view().find("words") == std::string_view::npos);
  REQUIRE(pair.one.out.size() > 19);
  // And what was changed on the way is not taken for what was said.
  pair.one.out.data()[pair.one.out.size() - 1] ^= 1;
  pair.settle();
  CHECK(pair.two.heard.empty());
  CHECK(gives_up(pair.two, "no TLS with it: "));
}

TEST_CASE("whoever another authority signed for is refused by both sides, and hears why") {
  const PemFolder folder;
  const Authority authority(folder, "ca");
  const Authority stranger(folder, "stranger");
  const auto ours = context_of(authority.node("one"));
  // It believes ours: only its own certificate is wrong.
  const auto theirs = context_of(stranger.node("two", Authority::kYear_s, &authority));
  TlsPair knocks(*theirs, *ours);
  knocks.settle();
  CHECK_FALSE(knocks.two.layer.ready());
  CHECK(gives_up(knocks.two, "its certificate is not believed: unable to get local issuer certificate"));
  CHECK(gives_up(knocks.one, "it does not go on with TLS: tlsv1 alert unknown ca"));
  TlsPair opens(*ours, *theirs);
  opens.settle();
  CHECK_FALSE(opens.one.layer.ready());
  CHECK(gives_up(opens.one, "its certificate is not believed: "));
  CHECK(gives_up(opens.two, "it does not go on with TLS: tlsv1 alert unknown ca"));
}

TEST_CASE("a certificate that is too old is refused") {
  const PemFolder folder;
  const Authority authority(folder, "ca");
  const auto ours = context_of(authority.node("one"));
  const auto old = context_of(authority.node("two", -60));
  TlsPair pair(*old, *ours);
  pair.settle();
  CHECK(gives_up(pair.two, "its certificate is not believed: certificate has expired"));
  CHECK_FALSE(pair.two.layer.ready());
}

TEST_CASE("whoever shows no certificate, or speaks an older TLS, is refused") {
  const PemFolder folder;
  const Authority authority(folder, "ca");
  const auto ours = context_of(authority.node("one"));
  const std::shared_ptr<SSL_CTX> raw(SSL_CTX_new(TLS_method()), SSL_CTX_free);
  TlsPair shy(TlsContext(raw), *ours);
  shy.settle();
  CHECK(gives_up(shy.two, "peer did not return a certificate"));
  SSL_CTX_set_security_level(raw.get(), 0);
  SSL_CTX_set_min_proto_version(raw.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(raw.get(), TLS1_1_VERSION);
  TlsPair old(TlsContext(raw), *ours);
  old.settle();
  CHECK(gives_up(old.two, "unsupported protocol"));
  CHECK_FALSE(old.two.layer.ready());
}

TEST_CASE("TLS 1.2 will do") {
  const PemFolder folder;
  const Authority authority(folder, "ca");
  const auto older = context_of(authority.node("one"));
  SSL_CTX_set_max_proto_version(older->get(), TLS1_2_VERSION);
  const auto ours = context_of(authority.node("two"));
  TlsPair pair(*older, *ours);
  pair.settle(11);
  REQUIRE(pair.one.layer.ready());
  REQUIRE(pair.two.layer.ready());
  pair.two.say("good evening");
  pair.settle(11);
  CHECK(pair.one.heard == "good evening");
}

TEST_CASE("who speaks in the clear is known by the first byte") {
  const PemFolder folder;
  const Authority authority(folder, "ca");
  const auto context = context_of(authority.node("one"));
  for (const LayerSide side : {LayerSide::connecting, LayerSide::accepting}) {
    TlsEnd end(*context, side);
    end.layer.take(end.out);
    CHECK(begins_tls(end.out.view()) == (side == LayerSide::connecting));
    end.out.clear();
    end.layer.feed("WARREN");
    end.hear();
    CHECK(end.layer.met_plain());
    CHECK(gives_up(end, "it speaks no TLS, which this node expects"));
    // It stays so, whatever comes.
    end.layer.feed("\x16\x03\x01");
    end.hear();
    CHECK(end.heard.empty());
    CHECK_FALSE(end.layer.has_output());
  }
}

TEST_CASE("garbage that begins like TLS is refused and never read") {
  const PemFolder folder;
  const Authority authority(folder, "ca");
  const auto context = context_of(authority.node("one"));
  Rng rng(11);
  for (int i = 0; i < 300; ++i) {
    TlsEnd end(*context, LayerSide::accepting);
    std::string words("\x16\x03\x01", 3);
    for (std::uint64_t bytes = 600 + rng.below(3000); bytes > 0; --bytes) words += static_cast<char>(rng.next());
    end.layer.feed(words);
    end.hear();
    CHECK_FALSE(end.layer.ready());
    CHECK(end.heard.empty());
    CHECK_FALSE(end.layer.met_plain());
  }
}

TEST_CASE("who makes TLS talk and does not listen costs a bounded amount of memory") {
  const PemFolder folder;
  const Authority authority(folder, "ca");
  const auto ours = context_of(authority.node("one"));
  const auto theirs = context_of(authority.node("two"));
  // The same as a node's layer, with a hand on it: new keys are asked for again and again.
  const std::unique_ptr<SSL, void (*)(SSL*)> greedy(SSL_new(theirs->get()), SSL_free);
  BIO* const in = BIO_new(BIO_s_mem());
  BIO* const out = BIO_new(BIO_s_mem());
  SSL_set_bio(greedy.get(), in, out);
  SSL_set_connect_state(greedy.get());
  TlsEnd end(*ours, LayerSide::accepting);
  const auto pass_on = [&] {
    char piece[16 << 10];
    for (int bytes; (bytes = BIO_read(out, piece, sizeof piece)) > 0;) {
      end.layer.feed({piece, static_cast<std::size_t>(bytes)});
      end.hear();
    }
  };
  for (int i = 0; i < 4; ++i) {
    SSL_do_handshake(greedy.get());
    pass_on();
    end.layer.take(end.out);
    if (!end.out.empty()) BIO_write(in, end.out.data(), static_cast<int>(end.out.size()));
    end.out.clear();
  }
  REQUIRE(end.layer.ready());
  for (int i = 0; i < 20'000 && end.layer.trouble().empty(); ++i) {
    REQUIRE(SSL_key_update(greedy.get(), SSL_KEY_UPDATE_REQUESTED) == 1);
    SSL_do_handshake(greedy.get());
    pass_on();
  }
  CHECK(gives_up(end, "it makes TLS talk and does not listen"));
  end.layer.take(end.out);
  CHECK(end.out.size() < 4 * kTlsPieceBytes);
}

}  // namespace warren::tls_layer_test
