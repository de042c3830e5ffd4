#include "persist/lmdb/raw/layout.hpp"

#include <bit>

namespace warren::persist::lmdb {

namespace {

constexpr std::uint32_t kMagic = 0xBEEFC0DE;
constexpr std::uint32_t kFormat = 1;
constexpr std::uint16_t kIntegerKeys = 0x08;
constexpr std::uint16_t kNoFolder = 0x4000;  // how the file was opened is kept beside the flags of its first tree

// Places inside a meta page.
constexpr std::uint32_t kMagicAt = kPageHeadBytes;
constexpr std::uint32_t kFormatAt = kMagicAt + 4;
constexpr std::uint32_t kFreePagesAt = kFormatAt + 4 + 16;  // behind the map's address and size
constexpr std::uint32_t kTablesAt = kFreePagesAt + kTreeRecordBytes;
constexpr std::uint32_t kLastPageAt = kTablesAt + kTreeRecordBytes;
constexpr std::uint32_t kTransactionAt = kLastPageAt + 8;
static_assert(kTransactionAt + 8 == kMetaBytes);

}  // namespace

PageHead read_page_head(const char* page) {
  return {load_native<std::uint64_t>(page), load_native<std::uint16_t>(page + 10),
          load_native<std::uint16_t>(page + 12), load_native<std::uint16_t>(page + 14)};
}

void write_page_head(const PageHead& head, char* page) {
  std::memcpy(page, &head.number, 8);
  std::memcpy(page + 10, &head.flags, 2);
  std::memcpy(page + 12, &head.lower, 2);
  std::memcpy(page + 14, &head.upper, 2);
}

PageHead large_value_head(std::uint64_t number, std::uint64_t value_bytes, std::uint32_t page_bytes) {
  const auto pages = static_cast<std::uint32_t>(overflow_pages(value_bytes, page_bytes));
  return {number, kOverflow, static_cast<std::uint16_t>(pages), static_cast<std::uint16_t>(pages >> 16)};
}

TreeRecord read_tree_record(const char* from) {
  TreeRecord record;
  record.pad = load_native<std::uint32_t>(from);
  record.flags = load_native<std::uint16_t>(from + 4);
  record.depth = load_native<std::uint16_t>(from + 6);
  record.branch_pages = load_native<std::uint64_t>(from + 8);
  record.leaf_pages = load_native<std::uint64_t>(from + 16);
  record.overflow_pages = load_native<std::uint64_t>(from + 24);
  record.entries = load_native<std::uint64_t>(from + 32);
  record.root = load_native<std::uint64_t>(from + 40);
  return record;
}

bool is_magic(const char* from) { return load_native<std::uint32_t>(from) == kMagic; }

MetaState read_meta_page(const char* page, std::uint64_t number, MetaPage& meta) {
  const PageHead head = read_page_head(page);
  if (!is_magic(page + kMagicAt)) return MetaState::damaged;
  if (head.number != number || head.flags != kMeta) return MetaState::damaged;
  if (load_native<std::uint32_t>(page + kFormatAt) != kFormat) return MetaState::other_version;
  MetaPage read;
  read.free_pages = read_tree_record(page + kFreePagesAt);
  read.tables = read_tree_record(page + kTablesAt);
  read.page_bytes = read.free_pages.pad;
  read.last_page = load_native<std::uint64_t>(page + kLastPageAt);
  read.transaction = load_native<std::uint64_t>(page + kTransactionAt);
  const bool sound = std::has_single_bit(read.page_bytes) && read.page_bytes >= kPageBytesLeast &&
                     read.page_bytes <= kPageBytesMost && read.last_page >= kMetaPages - 1 &&
                     (read.free_pages.flags & ~kNoFolder) == kIntegerKeys && read.tables.flags == 0 &&
                     (read.transaction == 0 || read.transaction % kMetaPages == number);
  if (!sound) return MetaState::damaged;
  meta = read;
  return MetaState::sound;
}

void renumber_meta_page(char* page, std::uint64_t number, std::uint64_t transaction) {
  std::memcpy(page, &number, sizeof number);
  std::memcpy(page + kTransactionAt, &transaction, sizeof transaction);
}

std::size_t node_count(const PageHead& head, std::size_t page_bytes) {
  const bool sound =
      head.lower >= kPageHeadBytes && head.lower % 2 == 0 && head.lower <= head.upper && head.upper <= page_bytes;
  return sound ? (head.lower - kPageHeadBytes) / 2 : 0;
}

std::optional<Node> read_node(std::string_view page, const PageHead& head, std::size_t index) {
  Node node;
  node.offset = load_native<std::uint16_t>(page.data() + kPageHeadBytes + 2 * index);
  if (node.offset < head.upper || node.offset % 2 != 0 || node.offset + kNodeHeadBytes > page.size())
    return std::nullopt;
  const char* at = page.data() + node.offset;
  const std::uint32_t low = load_native<std::uint16_t>(at) | std::uint32_t{load_native<std::uint16_t>(at + 2)} << 16;
  node.flags = load_native<std::uint16_t>(at + 4);
  const std::size_t key_bytes = load_native<std::uint16_t>(at + 6);
  const std::size_t room = page.size() - node.offset - kNodeHeadBytes;
  if (key_bytes > room) return std::nullopt;
  node.key = page.substr(node.offset + kNodeHeadBytes, key_bytes);
  std::size_t inside_bytes = 0;
  if (head.flags == kBranch) {
    node.child = low | std::uint64_t{node.flags} << 32;
  } else {
    node.value_bytes = low;
    inside_bytes = node.flags & kBigData ? sizeof(std::uint64_t) : low;
  }
  if (inside_bytes > room - key_bytes) return std::nullopt;
  node.inside = page.substr(node.offset + kNodeHeadBytes + key_bytes, inside_bytes);
  node.bytes = static_cast<std::uint32_t>((kNodeHeadBytes + key_bytes + inside_bytes + 1) & ~std::size_t{1});
  return node;
}

bool nodes_are_packed(std::string_view page, const PageHead& head) {
  std::array<std::uint16_t, kPageBytesMost / 2> bytes_at;
  const std::size_t used = page.size() / 2;
  std::memset(bytes_at.data(), 0, used * sizeof bytes_at[0]);
  for (std::size_t i = 0; i < node_count(head, page.size()); ++i) {
    const auto node = read_node(page, head, i);
    if (!node) return false;
    bytes_at[node->offset / 2] = static_cast<std::uint16_t>(node->bytes);
  }
  std::size_t at = head.upper;
  std::size_t nodes = 0;
  for (; at < page.size() && bytes_at[at / 2] != 0; ++nodes) at += bytes_at[at / 2];
  return at == page.size() && nodes == node_count(head, page.size());
}

}  // namespace warren::persist::lmdb
