#include "server/cluster/identity_file.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "node/settings/cluster_settings.hpp"
#include "persist/crc32c.hpp"

namespace warren::server {
namespace {

constexpr int kFormat = 1;
constexpr std::size_t kBytesMax = 256 << 10;
constexpr const char* kSpare = ".spare";

std::string path_of(const std::string& data_dir) { return data_dir + "/node"; }

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw std::runtime_error(fmt::format("{} {}: {}", what, path, std::strerror(errno)));
}

std::string text_of(const StoredIdentity& stored) {
  const node::Identity& identity = stored.identity;
  std::string text =
      fmt::format("format {}\nname {}\nnode {}\nkind {}\nlineage {}\nport {}\nfounder {:d}\nserves {:d}\nwipe {:d}\n",
                  kFormat, identity.name, identity.self.value, node::node_kind_text(identity.kind), identity.lineage,
                  identity.cluster_port, identity.founder, identity.serves, stored.wipe);
  for (const broker::NodeDefinition& contact : identity.contacts)
    text += fmt::format("contact {} {} {} {} {}\n", contact.id.value, contact.name, node::node_kind_text(contact.kind),
                        contact.host, contact.cluster_port);
  return text;
}

bool read_line(const std::string& line, StoredIdentity& stored) {
  std::istringstream words(line);
  std::string key, text;
  node::Identity& identity = stored.identity;
  words >> key;
  if (key == "format") {
    int format = 0;
    return words >> format && format == kFormat;
  }
  if (key == "name") return static_cast<bool>(words >> identity.name);
  if (key == "node") return static_cast<bool>(words >> identity.self.value);
  if (key == "kind") return words >> text && node::read_node_kind(text, identity.kind);
  if (key == "lineage") return static_cast<bool>(words >> identity.lineage);
  if (key == "port") return static_cast<bool>(words >> identity.cluster_port);
  if (key == "founder") return static_cast<bool>(words >> identity.founder);
  if (key == "serves") return static_cast<bool>(words >> identity.serves);
  if (key == "wipe") return static_cast<bool>(words >> stored.wipe);
  if (key != "contact") return key.empty();
  broker::NodeDefinition contact;
  if (!(words >> contact.id.value >> contact.name >> text >> contact.host >> contact.cluster_port)) return false;
  identity.contacts.push_back(contact);
  return node::read_node_kind(text, identity.contacts.back().kind);
}

// The last line covers all before it.
std::string sealed(const std::string& text) { return fmt::format("{}sum {:08x}\n", text, persist::crc32c(0, text)); }

struct Copy {
  bool there = false;
  std::string text;  // empty: damaged
};

Copy read_copy(const std::string& path) {
  Copy copy;
  std::ifstream file(path, std::ios::binary);
  if (!file) return copy;
  copy.there = true;
  std::string text(kBytesMax, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  const std::size_t sum = text.rfind("sum ");
  if (sum != std::string::npos && sealed(text.substr(0, sum)) == text) copy.text = text.substr(0, sum);
  return copy;
}

StoredIdentity understood(const std::string& text, const std::string& path) {
  StoredIdentity stored;
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line))
    if (!read_line(line, stored))
      throw std::runtime_error(fmt::format("the file {} makes no sense, or a newer program wrote it", path));
  if (!stored.identity.self || stored.identity.name.empty())
    throw std::runtime_error(fmt::format("the file {} does not say who this node is", path));
  return stored;
}

void write_file(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) fail(fresh, "cannot create");
  const bool written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  ::close(file);
  if (!written) fail(fresh, "cannot write");
  if (::rename(fresh.c_str(), path.c_str()) != 0) fail(path, "cannot replace");
}

}  // namespace

std::optional<StoredIdentity> read_identity(const std::string& data_dir) {
  const std::string path = path_of(data_dir), spare_path = path + kSpare;
  const Copy copy = read_copy(path), spare = read_copy(spare_path);
  if (!copy.there && !spare.there) return std::nullopt;
  if (copy.text.empty() && spare.text.empty())
    throw std::runtime_error(fmt::format("the files {} and {} are damaged", path, spare_path));
  StoredIdentity stored = copy.text.empty() ? understood(spare.text, spare_path) : understood(copy.text, path);
  if (copy.text.empty())
    stored.trouble = fmt::format("the file {} is damaged or missing; {} is used", path, spare_path);
  else if (copy.text != spare.text)
    stored.trouble = fmt::format("the file {} is damaged, old or missing", spare_path);
  return stored;
}

void write_identity(const std::string& data_dir, const StoredIdentity& stored) {
  const std::string text = sealed(text_of(stored));
  for (const char* ending : {"", kSpare}) write_file(path_of(data_dir) + ending, text);
  const int folder = ::open(data_dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  ::fsync(folder);
  ::close(folder);
}

void wipe_data(const std::string& data_dir) {
  for (const char* part : {"/journal", "/store", "/store-lock"}) {
    std::error_code error;
    std::filesystem::remove_all(data_dir + part, error);
    if (error) throw std::runtime_error(fmt::format("cannot remove {}{}: {}", data_dir, part, error.message()));
  }
}

}  // namespace warren::server
