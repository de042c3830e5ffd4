// Where a node and the command line tool meet: a folder with one socket and one pid file per node of this machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace warren::manage {

// As std::getenv.
using Environment = const char* (*)(const char* name);

// The folders in which a node may lie, in the order in which they are looked at: WARREN_RUN_DIR alone if it is set,
// else /run/warren, $XDG_RUNTIME_DIR/warren, /tmp/warren-UID.
std::vector<std::string> run_directories(Environment environment);

// Whether what lies there may be believed: a folder in /tmp may have been made by anybody, so it must be the user's own
// and closed to others.
bool trusted(const std::string& directory);

// The first of them that is there, or can be made, and may be written; empty: none.
std::string make_run_directory(const std::vector<std::string>& candidates);

// Whether a name can be the name of a file, and its socket's path fits where paths of sockets must.
bool good_node_name(std::string_view node);
std::string socket_path(const std::string& directory, std::string_view node);
std::string pid_path(const std::string& directory, std::string_view node);
inline constexpr std::size_t kSocketPathBytesMax = 107;

// The names of the nodes with a socket in the folder, sorted.
std::vector<std::string> nodes_in(const std::string& directory);

// What a pid file says; nothing if there is none that can be read.
std::optional<std::int64_t> read_pid(const std::string& path);
// Whether a process of that number runs; one that has ended and waits for its parent does not.
bool process_lives(std::int64_t pid);

}  // namespace warren::manage
