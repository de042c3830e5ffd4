#include "server/link/parts/tls_context.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/server/link/certificates.hpp"

namespace warren::tls_context_test {

using namespace warren::server;
using namespace warren::server::testing;

namespace {

std::string tls_complaint(const node::TlsFiles& files) {
  const auto context = TlsContext::read(files);
  REQUIRE_FALSE(context.ok());
  return context.error();
}

}  // namespace

TEST_CASE("files of TLS that are not there are named with what is wrong") {
  const PemFolder folder;
  const Authority authority(folder, "ca");
  node::TlsFiles files = authority.node("one");
  CHECK(TlsContext::read(files).ok());
  node::TlsFiles lacking = files;
  lacking.authorities = folder.file("none");
  CHECK(tls_complaint(lacking) ==
        "cannot use the file " + folder.file("none") + " of cluster.ssl_options.cacertfile: No such file or directory");
  lacking = files;
  lacking.certificate = folder.file("none");
  CHECK(tls_complaint(lacking).find("cluster.ssl_options.certfile: No such file") != std::string::npos);
  lacking = files;
  lacking.key = folder.file("none");
  CHECK(tls_complaint(lacking).find("cluster.ssl_options.keyfile: No such file") != std::string::npos);
}

TEST_CASE("files of TLS that make no sense are refused, each for its reason") {
  const PemFolder folder;
  const Authority authority(folder, "ca");
  const node::TlsFiles files = authority.node("one");
  const std::string prose = folder.file("prose");
  std::ofstream(prose) << "no certificate\n";
  node::TlsFiles wrong = files;
  wrong.authorities = prose;
  CHECK(tls_complaint(wrong).find("of cluster.ssl_options.cacertfile: ") != std::string::npos);
  wrong = files;
  wrong.certificate = prose;
  CHECK(tls_complaint(wrong).find("of cluster.ssl_options.certfile: no start line") != std::string::npos);
  wrong = files;
  wrong.key = authority.node("two").key;
  CHECK(tls_complaint(wrong).find("of cluster.ssl_options.keyfile: key values mismatch") != std::string::npos);
  // Nobody is asked for a passphrase.
  wrong.key = folder.file("locked");
  authority.write_locked_key(wrong.key);
  CHECK(tls_complaint(wrong).find("of cluster.ssl_options.keyfile: ") != std::string::npos);
}

}  // namespace warren::tls_context_test
