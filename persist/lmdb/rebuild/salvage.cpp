#include "persist/lmdb/rebuild/salvage.hpp"

#include <algorithm>
#include <vector>

#include "persist/lmdb/raw/envelope.hpp"
#include "persist/lmdb/raw/tree_walk.hpp"
#include "persist/lmdb/rebuild/sealed_writer.hpp"

namespace warren::persist::lmdb {

namespace {

void add(Salvage& salvage, const FoundValue& found) {
  auto& place = salvage.records[{found.table, std::string(found.key)}];
  if (place.bytes == 0 || found.commit > place.commit) place = {found.commit, found.offset, found.bytes};
  salvage.newest_commit = std::max(salvage.newest_commit, found.commit);
}

// Looks at every leaf of the file for records that belong into holes.
class LeafSearch {
 public:
  LeafSearch(const PageSource& source, std::uint32_t page_bytes, const Findings& findings, Salvage& salvage)
      : source_(source), page_bytes_(page_bytes), findings_(findings), salvage_(salvage) {}

  void run() {
    std::vector<char> bytes(page_bytes_);
    for (std::uint64_t number = kMetaPages; number < source_.size() / page_bytes_; ++number) {
      if (number < findings_.free.size() && findings_.free[number]) continue;
      if (!source_.read(number * page_bytes_, bytes.data(), bytes.size())) continue;
      const std::string_view page(bytes.data(), bytes.size());
      PageHead head = read_page_head(page.data());
      // Half a head is enough: the values tell themselves whether they are right.
      if (head.number != number && head.flags != kLeaf) continue;
      head.flags = kLeaf;
      for (std::size_t i = 0; i < node_count(head, page.size()); ++i) {
        if (const auto node = read_node(page, head, i)) look_at(*node, number);
      }
    }
  }

 private:
  void look_at(const Node& node, std::uint64_t page) {
    if ((node.flags & ~kBigData) != 0 || node.value_bytes < kEnvelopeHeadBytes) return;
    if (node.key.empty() || node.key.size() > kKeyBytesMax) return;
    std::uint64_t offset = page * page_bytes_ + node.offset + kNodeHeadBytes + node.key.size();
    if (node.flags & kBigData) {
      const auto first = load_native<std::uint64_t>(node.inside.data());
      if (first >= source_.size() / page_bytes_) return;
      offset = first * page_bytes_ + kPageHeadBytes;
    }
    char start[kEnvelopeHeadBytes];
    if (node.value_bytes > source_.size() || !source_.read(offset, start, sizeof start)) return;
    const auto head = read_envelope_head(start);
    if (!head || !is_wanted(*head, node.key)) return;
    if (!check_value(source_, node.key, offset, node.value_bytes)) return;
    add(salvage_, {head->table, node.key, head->commit, offset, node.value_bytes});
  }

  bool is_wanted(const EnvelopeHead& head, std::string_view key) const {
    const auto known = salvage_.records.find({head.table, std::string(key)});
    if (known != salvage_.records.end() && known->second.commit >= head.commit) return false;
    return std::any_of(findings_.holes.begin(), findings_.holes.end(), [&](const Hole& hole) {
      return hole.table == head.table && key >= hole.from && (hole.to.empty() || key < hole.to) &&
             (!hole.known_keys_only || known != salvage_.records.end());
    });
  }

  const PageSource& source_;
  std::uint32_t page_bytes_;
  const Findings& findings_;
  Salvage& salvage_;
};

}  // namespace

Salvage collect(const PageSource& source, const std::optional<MetaPage>& snapshot) {
  Salvage salvage;
  Findings findings;
  if (snapshot) {
    findings = walk_trees(source, *snapshot, {true, [&salvage](const FoundValue& found) { add(salvage, found); }});
  } else {
    for (std::uint8_t i = kTableFirst; i <= kTableLast; ++i) findings.holes.push_back({static_cast<Table>(i), "", ""});
  }
  const std::uint32_t page_bytes = snapshot ? snapshot->page_bytes : kPageBytesLeast;
  if (!findings.holes.empty()) LeafSearch(source, page_bytes, findings, salvage).run();
  salvage.values_damaged = findings.values_damaged;
  salvage.damaged = std::move(findings.damaged);
  return salvage;
}

std::optional<Schema> schema_of(const PageSource& source, const Salvage& salvage) {
  const auto found = salvage.records.find({Table::meta, std::string(kSchemaKey)});
  if (found == salvage.records.end()) return std::nullopt;
  char value[64];
  const std::uint64_t bytes = std::min<std::uint64_t>(found->second.bytes - kEnvelopeHeadBytes, sizeof value);
  if (!source.read(found->second.offset + kEnvelopeHeadBytes, value, bytes)) return std::nullopt;
  return decode_schema({value, bytes});
}

Outcome copy_records(const PageSource& source, Salvage& salvage, Environment& to) {
  SealedWriter writer(to);
  std::vector<char> sealed;
  for (const auto& [name, place] : salvage.records) {
    const auto& [table, key] = name;
    if (table == Table::meta && key == kSchemaKey) continue;
    sealed.resize(place.bytes);
    if (!source.read(place.offset, sealed.data(), sealed.size()) ||
        !is_sound(table, key, {sealed.data(), sealed.size()})) {
      ++salvage.values_damaged;
      if (salvage.damaged.size() < kDamagedNamedMax) salvage.damaged.push_back({table, key});
      continue;
    }
    if (auto written = writer.put(table, key, {sealed.data(), sealed.size()}); !written) return written;
  }
  return writer.finish();
}

}  // namespace warren::persist::lmdb
