#include "tools/ctl/node/find_node.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>

namespace warren::ctl {
namespace {

struct Folder {
  Folder() { REQUIRE(::mkdtemp(path.data()) != nullptr); }
  ~Folder() { (void)std::system(("rm -rf " + path).c_str()); }
  void add(const std::string& file, std::string_view text = "") const { std::ofstream(path + "/" + file) << text; }
  std::string path = "/tmp/find_node_test.XXXXXX";
};

const char* nothing(const char*) { return nullptr; }
const char* named(const char* name) { return std::string_view(name) == "WARREN_NODENAME" ? "env@h" : nullptr; }

}  // namespace

TEST_CASE("the node is the one named, else that of the environment, else the only one, else the default") {
  const Folder folder;
  CHECK(node_meant("a@h", named, {folder.path}) == "a@h");
  CHECK(node_meant("", named, {folder.path}) == "env@h");
  CHECK(node_meant("", nothing, {folder.path}) == "warren@localhost");
  folder.add("only@h.sock");
  CHECK(node_meant("", nothing, {folder.path}) == "only@h");
  folder.add("other@h.sock");
  CHECK(node_meant("", nothing, {folder.path}) == "warren@localhost");
}

TEST_CASE("a node lies where its socket or its pid file lies") {
  const Folder first, second;
  second.add("a@h.sock");
  second.add("b@h.pid", "1");
  CHECK(directory_of("a@h", {first.path, second.path}) == second.path);
  CHECK(directory_of("b@h", {first.path, second.path}) == second.path);
  CHECK(directory_of("c@h", {first.path, second.path}).empty());
}

TEST_CASE("the diagnostics tell what was looked at and found") {
  const Folder folder;
  const std::string absent = diagnostics("b@h", "No such file or directory", {folder.path});
  CHECK(
      absent.starts_with("Error: unable to perform an operation on node 'b@h'. Please see diagnostics information and "
                         "suggestions below.\n"));
  CHECK(absent.find("DIAGNOSTICS\n===========\n\nattempted to contact: [b@h]\n") != std::string::npos);
  CHECK(absent.find("not running at all") != std::string::npos);
  folder.add("b@h.sock");
  folder.add("b@h.pid", "2147483647");
  const std::string dead = diagnostics("b@h", "Connection refused", {folder.path});
  CHECK(dead.find("b@h.sock: Connection refused\n") != std::string::npos);
  CHECK(dead.find("process 2147483647") != std::string::npos);
  CHECK(dead.find("not running at all") != std::string::npos);
}

}  // namespace warren::ctl
