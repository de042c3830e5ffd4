#include "persist/lmdb/inspect.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "persist/lmdb/raw/tree_walk.hpp"

namespace warren::persist::lmdb {

namespace {

struct Candidate {
  std::uint64_t slot = 0;
  MetaPage meta;
  Findings findings;

  bool sound() const { return findings.sound() && findings.schema && numbered_right(); }
  bool clean() const { return sound() && findings.values_damaged == 0; }
  // With another number an old snapshot would pass for a new one.
  bool numbered_right() const { return meta.transaction == findings.newest_transaction; }
  std::string fault() const {
    if (!findings.sound()) return findings.first_fault;
    return findings.schema ? "a meta page has a wrong number" : "the schema record is damaged";
  }
};

struct Metas {
  std::vector<Candidate> candidates;  // the newest first
  std::uint64_t damaged = 0;
  bool other_version = false;
};

MetaState read_slot(const PageSource& source, std::uint64_t slot, std::uint64_t page_bytes, MetaPage& meta) {
  std::array<char, kMetaBytes> bytes;
  if (!source.read(slot * page_bytes, bytes.data(), bytes.size())) return MetaState::damaged;
  const MetaState state = read_meta_page(bytes.data(), slot, meta);
  return state == MetaState::sound && slot == 1 && meta.page_bytes != page_bytes ? MetaState::damaged : state;
}

Metas read_metas(const PageSource& source) {
  Metas metas;
  std::array<Candidate, kMetaPages> found;
  std::array<MetaState, kMetaPages> states{read_slot(source, 0, kPageBytesLeast, found[0].meta), MetaState::damaged};
  // Where the second one lies the first one tells, if it can.
  const bool told = states[0] == MetaState::sound;
  for (std::uint64_t page_bytes = told ? found[0].meta.page_bytes : kPageBytesLeast;
       page_bytes <= kPageBytesMost && states[1] == MetaState::damaged; page_bytes *= 2) {
    states[1] = read_slot(source, 1, page_bytes, found[1].meta);
    if (told) break;
  }
  metas.other_version = states[0] == MetaState::other_version && states[1] == MetaState::other_version;
  for (std::uint64_t slot = 0; slot < kMetaPages; ++slot) {
    found[slot].slot = slot;
    if (states[slot] == MetaState::sound) metas.candidates.push_back(std::move(found[slot]));
  }
  metas.damaged = kMetaPages - metas.candidates.size();
  std::sort(metas.candidates.begin(), metas.candidates.end(),
            [](const auto& left, const auto& right) { return left.meta.transaction > right.meta.transaction; });
  return metas;
}

// Whether the snapshot that calls itself older is the newer one, by the pages that it freed.
bool passes_for_older(const PageSource& source, const MetaPage& meta) {
  return walk_trees(source, meta, {false, {}, true}).newest_transaction > meta.transaction;
}

Inspection use(const PageSource& source, Candidate& chosen, const Metas& metas) {
  const Candidate& newest = metas.candidates.front();
  const Candidate& oldest = metas.candidates.back();
  Inspection result;
  result.state = FileState::sound;
  result.snapshot = chosen.meta;
  result.slot = chosen.slot;
  if (metas.damaged > 0) {
    result.fault = "one of two meta pages is broken";
  } else if (&chosen != &newest) {
    result.fault = newest.fault();
  } else if (passes_for_older(source, oldest.meta)) {
    result.fault = "a meta page has a wrong number";
  }
  result.fallback = !result.fault.empty();
  result.values_damaged = chosen.findings.values_damaged;
  result.damaged = std::move(chosen.findings.damaged);
  return result;
}

Inspection broken(const Metas& metas) {
  Inspection result;
  result.state = FileState::broken;
  result.fault = "both meta pages are broken";
  if (metas.candidates.empty()) return result;
  const Candidate& newest = metas.candidates.front();
  result.snapshot = newest.meta;
  result.fault = newest.fault();
  return result;
}

// Whether something that only LMDB writes stands where it writes it.
bool tells_of_lmdb(const PageSource& source) {
  for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{kPageBytesLeast}}) {
    std::array<char, 4> magic;
    if (source.read(offset + kPageHeadBytes, magic.data(), magic.size()) && is_magic(magic.data())) return true;
  }
  return false;
}

}  // namespace

Inspection inspect(const PageSource& source) {
  Metas metas = read_metas(source);
  Inspection result;
  if (metas.other_version) result.state = FileState::other;
  if (metas.candidates.empty()) {
    if (!metas.other_version && tells_of_lmdb(source)) return broken(metas);
    return result;
  }
  for (Candidate& candidate : metas.candidates) {
    candidate.findings = walk_trees(source, candidate.meta, {});
    if (candidate.findings.schema && candidate.findings.schema->number > kSchemaKnown) {
      result.state = FileState::newer;
      result.schema_found = candidate.findings.schema->number;
      return result;
    }
    if (candidate.clean()) return use(source, candidate, metas);
  }
  if (metas.candidates.front().findings.is_other) {
    result.state = FileState::other;
    return result;
  }
  for (Candidate& candidate : metas.candidates) {
    if (candidate.sound()) return use(source, candidate, metas);
  }
  return broken(metas);
}

}  // namespace warren::persist::lmdb
