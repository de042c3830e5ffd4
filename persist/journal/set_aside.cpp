#include "persist/journal/set_aside.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"

namespace warren::persist {
namespace {

constexpr std::uint64_t kStepBytes = 1 << 20;

Outcome copy(File& from, std::uint64_t offset, std::uint64_t bytes, File& to) {
  ByteBuffer step;
  for (std::uint64_t done = 0; done < bytes;) {
    step.clear();
    const std::uint64_t wanted = std::min(kStepBytes, bytes - done);
    const auto got = from.read(offset + done, step.extend(wanted), wanted);
    if (!got) return got.error();
    if (*got == 0) break;
    step.truncate(*got);
    if (Outcome outcome = to.write(done, step.view()); !outcome) return outcome;
    done += *got;
  }
  return to.sync();
}

Outcome keep(Folder& folder, const std::string& name, const JournalDamage& damage) {
  if (folder.open(name)) return Done{};
  auto from = folder.open(damage.file);
  if (!from) return std::move(from.error());
  const std::uint64_t bytes = damage.end - damage.begin;
  auto to = folder.create(name, bytes);
  if (!to) return std::move(to.error());
  Outcome outcome = copy(**from, damage.offset, bytes, **to);
  if (!outcome) (void)folder.remove(name);
  return outcome;
}

}  // namespace

std::string set_aside(Folder& folder, std::uint32_t shard, const JournalDamage& damage) {
  std::string text = fmt::format("the journal of shard {} is damaged: {} bytes from position {} on are ", shard,
                                 damage.end - damage.begin, damage.begin);
  if (damage.file.empty()) return text + "in no file";
  text += fmt::format("not what was written (file {} at {})", damage.file, damage.offset);
  const std::string name = fmt::format("damaged-{}-{}", shard, damage.begin);
  const Outcome kept = keep(folder, name, damage);
  return text + (kept ? fmt::format(", set aside as {}", name) : fmt::format(", not set aside: {}", kept.error().text));
}

}  // namespace warren::persist
