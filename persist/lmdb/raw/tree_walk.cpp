#include "persist/lmdb/raw/tree_walk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "persist/crc32c.hpp"
#include "persist/lmdb/raw/page_claims.hpp"

namespace warren::persist::lmdb {

namespace {

using Bound = std::optional<std::string_view>;

struct Range {
  Bound from;
  Bound to;

  bool holds(std::string_view key) const { return (!from || key >= *from) && (!to || key < *to); }
};

struct Tree {
  enum class Kind : std::uint8_t { free_pages, names, table };
  Kind kind = Kind::names;
  Table table = Table::meta;
  TreeRecord told;
  TreeRecord counted;

  bool orders_numbers() const { return kind == Kind::free_pages; }
};

class TreeWalk {
 public:
  TreeWalk(const PageSource& source, const MetaPage& meta, const WalkOptions& options)
      : source_(source), meta_(meta), options_(options), claims_(source.size() / meta.page_bytes, meta.last_page) {}

  Findings run() {
    if (claims_.possible()) {
      Tree free_pages{Tree::Kind::free_pages, Table::meta, meta_.free_pages, {}};
      walk(free_pages);
      if (!claims_.all_beyond_file_are_free()) fault("the file ends early", meta_.last_page);
    } else {
      fault("the number of pages exceeds the file", meta_.last_page);
    }
    if (!options_.only_free_pages) walk_records();
    findings_.free = claims_.take_free();
    const std::uint64_t base = findings_.schema ? findings_.schema->commit_base : newest_commit_;
    findings_.newest_transaction = std::max(newest_freeing_, newest_commit_ - std::min(newest_commit_, base));
    return std::move(findings_);
  }

 private:
  void walk_records() {
    Tree names{Tree::Kind::names, Table::meta, meta_.tables, {}};
    if (claims_.possible()) walk(names);
    const bool has_tables = std::any_of(records_.begin(), records_.end(), [](const auto& record) { return record; });
    findings_.is_other = findings_.sound() && !has_tables;
    if (has_tables && other_names_ > 0) fault("an unknown table is in the file", meta_.tables.root);
    for (std::uint8_t i = kTableFirst; i <= kTableLast; ++i) {
      Tree tree{Tree::Kind::table, static_cast<Table>(i), {}, {}};
      if (!records_[i]) {
        fault(fmt::format("the table {} is missing", kTableNames[i]), 0);
        add_hole(tree, {});
        continue;
      }
      tree.told = *records_[i];
      walk(tree);
    }
  }

  void walk(Tree& tree) {
    if (tree.told.root != kNoPage) walk_page(tree, tree.told.root, 1, {}, false);
    const TreeRecord& told = tree.told;
    const TreeRecord& counted = tree.counted;
    const bool same = told.depth == counted.depth && told.branch_pages == counted.branch_pages &&
                      told.leaf_pages == counted.leaf_pages && told.overflow_pages == counted.overflow_pages &&
                      told.entries == counted.entries;
    if (same) {
      for (Hole& hole : findings_.holes) hole.known_keys_only |= hole.contested && hole.table == tree.table;
    }
    if (!same) fault("a tree is not as large as it is said to be", told.root);
    if (tree.kind == Tree::Kind::table && (told.flags != 0 || told.pad != 0))
      fault("a tree is of another kind", told.root);
  }

  void walk_page(Tree& tree, std::uint64_t number, std::uint16_t depth, const Range& range, bool doubtful) {
    const auto claim = claims_.use(number, 1);
    if (claim == PageClaims::Claim::refused || depth > kTreeDepthMax) {
      fault("a page cannot be where it is said to be", number);
      return add_hole(tree, range);
    }
    if (claim == PageClaims::Claim::free) {
      // Either this way or the list of free pages is wrong.
      fault("a page is both free and used", number);
      add_hole(tree, range, true);
      doubtful = true;
    }
    std::vector<char>& bytes = pages_[depth - 1];
    bytes.resize(meta_.page_bytes);
    ++findings_.pages_read;
    if (!source_.read(number * meta_.page_bytes, bytes.data(), bytes.size())) {
      fault("a page cannot be read", number);
      return add_hole(tree, range);
    }
    const std::string_view page(bytes.data(), bytes.size());
    const PageHead head = read_page_head(page.data());
    const bool is_branch = head.flags == kBranch;
    const std::size_t nodes = node_count(head, page.size());
    const std::size_t least = is_branch && !tree.orders_numbers() ? 2 : 1;
    if (head.number != number || (!is_branch && head.flags != kLeaf) || nodes < least) {
      fault("a page has a wrong head", number);
      return add_hole(tree, range);
    }
    if (!nodes_are_packed(page, head)) fault("a page's nodes are not where they must be", number);
    if (is_branch) return walk_branch(tree, page, head, depth, range, doubtful);
    if (tree.counted.depth != 0 && tree.counted.depth != depth) fault("a tree has leaves at several depths", number);
    tree.counted.depth = depth;
    walk_leaf(tree, page, head, range, doubtful);
  }

  void walk_branch(Tree& tree, std::string_view page, const PageHead& head, std::uint16_t depth, const Range& range,
                   bool doubtful) {
    ++tree.counted.branch_pages;
    const std::size_t nodes = node_count(head, page.size());
    bool ordered = true;
    std::string_view previous;
    for (std::size_t i = 0; i < nodes; ++i) {
      const auto node = read_node(page, head, i);
      // The first key of a branch stands for whatever is less than the second.
      if (!node || (i > 0 && !follows(tree, range, i > 1 ? Bound(previous) : Bound(), node->key))) ordered = false;
      if (node) previous = node->key;
    }
    if (!ordered) {
      fault("a branch is not in order", head.number);
      add_hole(tree, range);
    }
    for (std::size_t i = 0; i < nodes; ++i) {
      const auto node = read_node(page, head, i);
      if (!node) continue;
      Range below = range;
      if (ordered && !tree.orders_numbers()) {
        if (i > 0) below.from = node->key;
        if (i + 1 < nodes) below.to = read_node(page, head, i + 1)->key;
      }
      walk_page(tree, node->child, static_cast<std::uint16_t>(depth + 1), below, doubtful);
    }
  }

  // Keys of branches and leaves grow, within what the branches above say.
  static bool follows(const Tree& tree, const Range& range, const Bound& previous, std::string_view key) {
    if (tree.orders_numbers()) {
      if (key.size() != sizeof(std::uint64_t)) return false;
      return !previous || previous->size() != key.size() ||
             load_native<std::uint64_t>(previous->data()) < load_native<std::uint64_t>(key.data());
    }
    return !key.empty() && key.size() <= kKeyBytesMax && range.holds(key) && (!previous || *previous < key);
  }

  void walk_leaf(Tree& tree, std::string_view page, const PageHead& head, const Range& range, bool doubtful) {
    ++tree.counted.leaf_pages;
    bool ordered = true;
    Bound previous;
    for (std::size_t i = 0; i < node_count(head, page.size()); ++i) {
      const auto node = read_node(page, head, i);
      ++tree.counted.entries;
      if (!node) {
        fault("a record does not lie in its page", head.number);
        continue;
      }
      ordered = ordered && follows(tree, range, previous, node->key);
      previous = node->key;
      if (doubtful && !range.holds(node->key)) continue;
      visit(tree, *node, head.number);
    }
    if (ordered) return;
    fault("a leaf is not in order", head.number);
    add_hole(tree, range);
  }

  void visit(Tree& tree, const Node& node, std::uint64_t page) {
    if (tree.kind == Tree::Kind::names) return visit_name(node);
    if ((node.flags & ~kBigData) != 0) return fault("a record is of another kind", page);
    std::uint64_t offset = page * meta_.page_bytes + node.offset + kNodeHeadBytes + node.key.size();
    if (node.flags & kBigData) {
      const auto first = load_native<std::uint64_t>(node.inside.data());
      const std::uint64_t pages = overflow_pages(node.value_bytes, meta_.page_bytes);
      const auto claim = claims_.use(first, pages);
      if (claim == PageClaims::Claim::refused) {
        fault("a large value cannot be where it is said to be", first);
        return add_damaged(tree, node.key);
      }
      if (claim == PageClaims::Claim::free) fault("a large value lies in free pages", first);
      tree.counted.overflow_pages += pages;
      offset = first * meta_.page_bytes + kPageHeadBytes;
    }
    if (tree.kind == Tree::Kind::free_pages) return visit_free(node, offset, page);
    visit_value(tree, node, offset);
  }

  void visit_name(const Node& node) {
    const auto name = std::find(kTableNames.begin() + kTableFirst, kTableNames.end(), node.key);
    if (name == kTableNames.end() || node.flags != kSubTree || node.inside.size() != kTreeRecordBytes) {
      ++other_names_;
      return;
    }
    records_[static_cast<std::size_t>(name - kTableNames.begin())] = read_tree_record(node.inside.data());
  }

  // The value is a number and that many numbers of pages, falling.
  void visit_free(const Node& node, std::uint64_t offset, std::uint64_t page) {
    if (node.key.size() != sizeof newest_freeing_) return fault("a list of free pages has no number", page);
    newest_freeing_ = std::max(newest_freeing_, load_native<std::uint64_t>(node.key.data()));
    std::array<char, 8192> part;
    std::uint64_t left = node.value_bytes / sizeof(std::uint64_t);
    std::uint64_t count = 0;
    if (left == 0 || !source_.read(offset, part.data(), sizeof count))
      return fault("a list of free pages is empty", page);
    count = load_native<std::uint64_t>(part.data());
    if (count > left - 1) return fault("a list of free pages is too long", page);
    for (std::uint64_t last = kNoPage; count > 0;) {
      offset += sizeof count;
      const std::uint64_t numbers = std::min<std::uint64_t>(count, part.size() / sizeof count);
      if (!source_.read(offset, part.data(), numbers * sizeof count)) return fault("a list cannot be read", page);
      for (std::uint64_t i = 0; i < numbers; ++i) {
        const auto number = load_native<std::uint64_t>(part.data() + i * sizeof count);
        if (number >= last || !claims_.release(number)) return fault("a list of free pages is not in order", page);
        last = number;
      }
      count -= numbers;
      offset += (numbers - 1) * sizeof count;
    }
  }

  void visit_value(const Tree& tree, const Node& node, std::uint64_t offset) {
    if (tree.table == Table::bodies && !options_.check_bodies) return;
    const bool large = (node.flags & kBigData) != 0;
    std::optional<EnvelopeHead> head;
    if (large) head = check_value(source_, node.key, offset, node.value_bytes);
    if (!large && is_sound(tree.table, node.key, node.inside)) head = read_envelope_head(node.inside.data());
    if (!head || head->table != tree.table) return add_damaged(tree, node.key);
    newest_commit_ = std::max(newest_commit_, head->commit);
    if (tree.table == Table::meta && node.key == kSchemaKey && !large) {
      findings_.schema = decode_schema(opened(node.inside));
    }
    if (options_.found) options_.found({tree.table, node.key, head->commit, offset, node.value_bytes});
  }

  void fault(std::string_view what, std::uint64_t page) {
    if (findings_.faults++ == 0) findings_.first_fault = fmt::format("{} (page {})", what, page);
  }

  void add_damaged(const Tree& tree, std::string_view key) {
    if (tree.kind != Tree::Kind::table) return;
    ++findings_.values_damaged;
    const bool is_name = !key.empty() && key.size() <= kKeyBytesMax && (tree.table != Table::meta || key != kSchemaKey);
    if (is_name && findings_.damaged.size() < kDamagedNamedMax)
      findings_.damaged.push_back({tree.table, std::string(key)});
  }

  void add_hole(const Tree& tree, const Range& range, bool contested = false) {
    if (tree.kind != Tree::Kind::table) return;
    auto& holes = findings_.holes;
    if (holes.size() < kHolesMax) {
      holes.push_back(
          {tree.table, std::string(range.from.value_or("")), std::string(range.to.value_or("")), contested, false});
    } else if (holes.size() == kHolesMax) {
      for (std::uint8_t i = kTableFirst; i <= kTableLast; ++i)
        holes.push_back({static_cast<Table>(i), "", "", false, false});
    }
  }

  const PageSource& source_;
  const MetaPage& meta_;
  const WalkOptions& options_;
  PageClaims claims_;
  Findings findings_;
  std::uint64_t other_names_ = 0;
  std::uint64_t newest_freeing_ = 0;
  std::uint64_t newest_commit_ = 0;
  std::array<std::optional<TreeRecord>, kTableLast + 1> records_;
  std::array<std::vector<char>, kTreeDepthMax> pages_;  // by depth: branches stay while their children are walked
};

}  // namespace

Findings walk_trees(const PageSource& source, const MetaPage& meta, const WalkOptions& options) {
  return TreeWalk(source, meta, options).run();
}

std::optional<EnvelopeHead> check_value(const PageSource& source, std::string_view key, std::uint64_t offset,
                                        std::uint64_t bytes) {
  char start[kEnvelopeHeadBytes];
  if (bytes < sizeof start || !source.read(offset, start, sizeof start)) return std::nullopt;
  const auto head = read_envelope_head(start);
  if (!head) return std::nullopt;
  std::vector<char> part(std::min<std::uint64_t>(bytes, std::uint64_t{64} << 10));
  std::uint32_t checksum = begin_checksum(start, key);
  for (std::uint64_t done = sizeof start; done < bytes;) {
    const std::uint64_t length = std::min<std::uint64_t>(bytes - done, part.size());
    if (!source.read(offset + done, part.data(), length)) return std::nullopt;
    checksum = crc32c(checksum, {part.data(), length});
    done += length;
  }
  if (checksum != head->checksum) return std::nullopt;
  return head;
}

}  // namespace warren::persist::lmdb
