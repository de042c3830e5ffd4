#include "server/link/secret.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/bytes.hpp"
#include "base/check.hpp"

namespace warren::server {
namespace {

using Sentence = std::string;

constexpr std::size_t kSecretBytes = 24;  // as random as they come; a third more as text
constexpr std::size_t kFileBytesMax = 4096;
constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;
constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

std::string random_text() {
  const std::string bytes = random_bytes(kSecretBytes);
  std::array<unsigned char, kSecretBytes * 2> text{};
  const int length = EVP_EncodeBlock(text.data(), reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(length)};
}

// An open file that closes itself.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }
  bool open() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

Sentence trouble(const char* what, const std::string& path) {
  return fmt::format("cannot {} the file of the cluster's secret {}: {}", what, path, std::strerror(errno));
}

Result<Secret, Sentence> read_secret(const std::string& path, int descriptor) {
  struct stat about {};
  if (::fstat(descriptor, &about) != 0) return trouble("look at", path);
  if ((about.st_mode & kOthers) != 0)
    return fmt::format("others may read the file of the cluster's secret {}: chmod 600 mends it", path);
  std::array<char, kFileBytesMax> text{};
  const ssize_t bytes = ::read(descriptor, text.data(), text.size());
  if (bytes < 0) return trouble("read", path);
  std::string secret(text.data(), static_cast<std::size_t>(bytes));
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r' || secret.back() == ' ')) secret.pop_back();
  if (secret.empty()) return fmt::format("the file of the cluster's secret {} is empty", path);
  return Secret{std::move(secret)};
}

// Puts a new secret there, unless somebody else has meanwhile. What is linked is whole.
Result<Done, Sentence> make_secret(const std::string& path) {
  // Processes in containers have the same numbers.
  const std::string draft =
      fmt::format("{}.{:016x}", path, load_big<std::uint64_t>(random_bytes(sizeof(std::uint64_t)).data()));
  const std::string line = random_text() + "\n";
  {
    const File file(::open(draft.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, kOwnerOnly));
    if (!file.open()) return trouble("create", path);
    const bool written = ::write(file.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size());
    if (!written || ::fsync(file.get()) != 0) {
      const Sentence sentence = trouble("write", path);
      ::unlink(draft.c_str());
      return sentence;
    }
  }
  const bool linked = ::link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST;
  const Sentence sentence = linked ? Sentence() : trouble("create", path);
  ::unlink(draft.c_str());
  if (!linked) return sentence;
  return Done{};
}

}  // namespace

Result<Secret, std::string> read_or_make_secret(const std::string& path) {
  for (bool made = false;; made = true) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.open()) return read_secret(path, file.get());
    if (errno != ENOENT || made) return trouble("open", path);
    if (auto done = make_secret(path); !done) return done.error();
  }
}

std::string prove(std::string_view secret, const cluster::Oath& oath) {
  const std::string text = encode(oath);
  std::string code(cluster::kProofBytes, '\0');
  unsigned int bytes = 0;
  const auto* made = HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                          reinterpret_cast<unsigned char*>(code.data()), &bytes);
  WARREN_CHECK(made != nullptr && bytes == code.size(), "HMAC-SHA256 is always there");
  return code;
}

bool same_proof(std::string_view one, std::string_view other) {
  return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

std::string random_bytes(std::size_t bytes) {
  std::string random(bytes, '\0');
  const bool done = RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), static_cast<int>(random.size())) == 1;
  WARREN_CHECK(done, "the system has randomness");
  return random;
}

}  // namespace warren::server
