#include "cluster/raft/wire/records.hpp"

#include "base/records.hpp"
#include "cluster/limits.hpp"

namespace warren::raft {
namespace {

struct SnapshotHead {
  Place last;
  std::string configuration;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.record(1, self.last);
    visit.text(2, self.configuration);
  }
};

template <class Record>
bool read(std::string_view bytes, Record& record) {
  record = {};
  return read_record(bytes, record);
}

}  // namespace

std::string encode(const HardState& state) { return write_record(state); }
bool decode(std::string_view bytes, HardState& state) { return read(bytes, state); }

std::string encode(const Entry& entry) { return write_record(entry); }
bool decode(std::string_view bytes, Entry& entry) {
  if (!read(bytes, entry) || entry.of == EntryClass::none) return false;
  Configuration configuration;
  if (entry.of == EntryClass::configuration && !decode(entry.command, configuration)) return false;
  return entry.command.size() <= limits::kCommandBytesMax;
}

std::string encode(const Snapshot& snapshot) {
  return write_record(SnapshotHead{snapshot.last, encode(snapshot.configuration)});
}
bool decode(std::string_view bytes, Snapshot& snapshot) {
  SnapshotHead head;
  if (!read(bytes, head) || !decode(head.configuration, snapshot.configuration)) return false;
  snapshot.last = head.last;
  return true;
}

}  // namespace warren::raft
