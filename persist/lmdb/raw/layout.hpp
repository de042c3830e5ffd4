// The form of LMDB 0.9's file, read and checked without LMDB: pages, the two meta pages, nodes of trees.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace warren::persist::lmdb {

// LMDB writes numbers as the machine does.
template <class Number>
Number load_native(const char* from) {
  Number number;
  std::memcpy(&number, from, sizeof number);
  return number;
}

inline constexpr std::uint64_t kNoPage = ~std::uint64_t{0};
inline constexpr std::uint64_t kMetaPages = 2;
inline constexpr std::uint32_t kPageHeadBytes = 16;
inline constexpr std::uint32_t kNodeHeadBytes = 8;
inline constexpr std::uint32_t kPageBytesLeast = 4096;
inline constexpr std::uint32_t kPageBytesMost = 32768;
inline constexpr std::uint32_t kTreeRecordBytes = 48;
inline constexpr std::uint32_t kTreeDepthMax = 32;

enum PageFlags : std::uint16_t { kBranch = 0x01, kLeaf = 0x02, kOverflow = 0x04, kMeta = 0x08 };
enum NodeFlags : std::uint16_t { kBigData = 0x01, kSubTree = 0x02 };

struct PageHead {
  std::uint64_t number = 0;
  std::uint16_t flags = 0;
  std::uint16_t lower = 0;  // where the places of the nodes end
  std::uint16_t upper = 0;  // where the nodes begin

  // Of overflow pages: how many belong together.
  std::uint32_t pages() const { return lower | std::uint32_t{upper} << 16; }
};

// Requires: kPageHeadBytes bytes.
PageHead read_page_head(const char* page);
// Changes what PageHead holds and leaves the rest.
void write_page_head(const PageHead& head, char* page);

// How many pages a value takes that does not fit in a leaf.
inline std::uint64_t overflow_pages(std::uint64_t value_bytes, std::uint32_t page_bytes) {
  return (kPageHeadBytes - 1 + value_bytes) / page_bytes + 1;
}
PageHead large_value_head(std::uint64_t number, std::uint64_t value_bytes, std::uint32_t page_bytes);

// What is kept of each tree: of the free pages, of the tables' names, of each table.
struct TreeRecord {
  std::uint32_t pad = 0;
  std::uint16_t flags = 0;
  std::uint16_t depth = 0;
  std::uint64_t branch_pages = 0;
  std::uint64_t leaf_pages = 0;
  std::uint64_t overflow_pages = 0;
  std::uint64_t entries = 0;
  std::uint64_t root = kNoPage;
};
// Requires: kTreeRecordBytes bytes.
TreeRecord read_tree_record(const char* from);

struct MetaPage {
  std::uint32_t page_bytes = 0;
  std::uint64_t last_page = 0;
  std::uint64_t transaction = 0;
  TreeRecord free_pages;
  TreeRecord tables;
};

// Whether the number stands there that LMDB's meta pages have. Requires: 4 bytes.
bool is_magic(const char* from);

enum class MetaState : std::uint8_t { sound, other_version, damaged };
inline constexpr std::uint32_t kMetaBytes = 152;  // of a meta page's beginning, what is used
// Requires: kMetaBytes bytes; `number` 0 or 1. Fills `meta` only when sound.
MetaState read_meta_page(const char* page, std::uint64_t number, MetaPage& meta);
// Changes the page's number and its transaction.
void renumber_meta_page(char* page, std::uint64_t number, std::uint64_t transaction);

struct Node {
  std::string_view key;
  std::uint16_t flags = 0;
  std::uint64_t child = 0;        // of branches
  std::uint64_t value_bytes = 0;  // of leaves
  std::string_view inside;        // of leaves: the value, or of a large one the number of its first page
  std::uint32_t offset = 0;
  std::uint32_t bytes = 0;  // with padding
};

// Of a page of a tree. Nothing: the node does not lie within the page. Requires: index < node_count().
std::optional<Node> read_node(std::string_view page, const PageHead& head, std::size_t index);
// 0 when head makes no sense.
std::size_t node_count(const PageHead& head, std::size_t page_bytes);
// Whether the nodes fill the page's end without gap or overlap. Requires: node_count() > 0.
bool nodes_are_packed(std::string_view page, const PageHead& head);

}  // namespace warren::persist::lmdb
