#include "manage/socket/run_directory.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace warren::manage {
namespace {

struct Folder {
  Folder() { REQUIRE(::mkdtemp(path.data()) != nullptr); }
  ~Folder() { (void)std::system(("rm -rf " + path).c_str()); }
  std::string path = "/tmp/run_directory_test.XXXXXX";
};

void touch(const std::string& path, std::string_view text = "") { std::ofstream(path) << text; }

}  // namespace

TEST_CASE("a folder that is named is the only one") {
  CHECK(run_directories([](const char* name) -> const char* {
          return std::string_view(name) == "WARREN_RUN_DIR" ? "/r" : nullptr;
        }) == std::vector<std::string>{"/r"});
}

TEST_CASE("else the system's, the user's, and one in /tmp are looked at") {
  const std::vector<std::string> folders = run_directories([](const char* name) -> const char* {
    return std::string_view(name) == "XDG_RUNTIME_DIR" ? "/run/user/7" : nullptr;
  });
  CHECK(folders ==
        std::vector<std::string>{"/run/warren", "/run/user/7/warren", "/tmp/warren-" + std::to_string(::getuid())});
}

TEST_CASE("a folder is made for its owner alone, and the first that can be written is taken") {
  const Folder folder;
  const std::string made = folder.path + "/run";
  CHECK(make_run_directory({"/proc/nowhere/run", made, folder.path}) == made);
  struct stat facts;
  REQUIRE(::stat(made.c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0700);
  CHECK(make_run_directory({made}) == made);
  CHECK(make_run_directory({"/proc/nowhere/run"}).empty());
}

TEST_CASE("in /tmp a folder that others may write is not believed") {
  const std::string folder = "/tmp/warren-test-" + std::to_string(::getpid());
  REQUIRE(::mkdir(folder.c_str(), 0700) == 0);
  CHECK(trusted(folder));
  REQUIRE(::chmod(folder.c_str(), 0777) == 0);
  CHECK_FALSE(trusted(folder));
  CHECK(make_run_directory({folder}).empty());
  CHECK(nodes_in(folder).empty());
  REQUIRE(::rmdir(folder.c_str()) == 0);
  REQUIRE(::symlink("/tmp", folder.c_str()) == 0);
  CHECK_FALSE(trusted(folder));
  ::unlink(folder.c_str());
  CHECK_FALSE(trusted(folder));
}

TEST_CASE("names of nodes are names of files") {
  for (const char* good : {"warren@localhost", "a", "w-1@h.example.org"}) CHECK(good_node_name(good));
  for (const char* bad : {"", "a/b", "..", ".hidden", "a b", "a\nb"}) CHECK_FALSE(good_node_name(bad));
  CHECK_FALSE(good_node_name(std::string(200, 'x')));
}

TEST_CASE("the nodes of a folder are those with a socket") {
  const Folder folder;
  touch(socket_path(folder.path, "b@h"));
  touch(socket_path(folder.path, "a@h"));
  touch(pid_path(folder.path, "c@h"));
  CHECK(nodes_in(folder.path) == std::vector<std::string>{"a@h", "b@h"});
  CHECK(nodes_in(folder.path + "/nowhere").empty());
}

TEST_CASE("a pid file is read, and what is none is not") {
  const Folder folder;
  const std::string path = folder.path + "/x.pid";
  CHECK_FALSE(read_pid(path));
  touch(path, "123\n");
  CHECK(*read_pid(path) == 123);
  touch(path, "-5");
  CHECK_FALSE(read_pid(path));
  touch(path, "abc");
  CHECK_FALSE(read_pid(path));
}

TEST_CASE("this process lives, one that cannot be does not") {
  CHECK(process_lives(::getpid()));
  CHECK_FALSE(process_lives(0x7fffffff));
}

}  // namespace warren::manage
