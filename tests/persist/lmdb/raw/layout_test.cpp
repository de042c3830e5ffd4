#include "persist/lmdb/raw/layout.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/persist/lmdb/temporary_folder.hpp"

namespace warren::layout_test {

using namespace warren::persist;
using namespace warren::persist::lmdb;

namespace {

std::string written_store() {
  const TemporaryFolder folder;
  {
    const auto store = open_store(folder.file("store"));
    for (int i = 0; i < 50; ++i) {
      CHECK(put(*store, Table::queues, "queue-" + std::to_string(i), std::string(20 + static_cast<std::size_t>(i), 'x'))
                .ok());
    }
    CHECK(put(*store, Table::bodies, "body", std::string(10'000, 'y')).ok());
  }
  return read_file(folder.file("store"));
}

}  // namespace

TEST_CASE("what LMDB wrote is read as it was meant") {
  const std::string file = written_store();
  MetaPage metas[2];
  REQUIRE(read_meta_page(file.data(), 0, metas[0]) == MetaState::sound);
  REQUIRE(read_meta_page(file.data() + 4096, 1, metas[1]) == MetaState::sound);
  const MetaPage& newest = metas[metas[0].transaction < metas[1].transaction];
  CHECK(newest.page_bytes == 4096);
  CHECK((newest.last_page + 1) * 4096 <= file.size());
  CHECK(newest.tables.depth == 1);
  CHECK(newest.tables.entries == kTableLast);
  const auto page = std::string_view(file).substr(newest.tables.root * 4096, 4096);
  const PageHead head = read_page_head(page.data());
  CHECK(head.number == newest.tables.root);
  CHECK(head.flags == kLeaf);
  REQUIRE(node_count(head, 4096) == kTableLast);
  CHECK(nodes_are_packed(page, head));
  const auto bodies = read_node(page, head, 0);
  REQUIRE(bodies);
  CHECK(bodies->key == "bodies");
  CHECK(bodies->flags == kSubTree);
  REQUIRE(bodies->inside.size() == kTreeRecordBytes);
  const TreeRecord record = read_tree_record(bodies->inside.data());
  CHECK(record.entries == 1);
  CHECK(record.overflow_pages == 3);
  const auto leaf = std::string_view(file).substr(record.root * 4096, 4096);
  const auto body = read_node(leaf, read_page_head(leaf.data()), 0);
  REQUIRE(body);
  CHECK(body->flags == kBigData);
  const auto first = load_native<std::uint64_t>(body->inside.data());
  const PageHead expected = large_value_head(first, body->value_bytes, 4096);
  const PageHead large = read_page_head(file.data() + first * 4096);
  CHECK(large.number == expected.number);
  CHECK(large.flags == expected.flags);
  CHECK(large.pages() == expected.pages());
  CHECK(expected.pages() == 3);
}

TEST_CASE("a node that does not lie within its page is none, and gaps and overlaps are seen") {
  std::string page(4096, '\0');
  PageHead head{5, kLeaf, 18, 4080};
  write_page_head(head, page.data());
  CHECK(read_page_head(page.data()).upper == 4080);
  const auto place = [&page](std::uint16_t offset) { std::memcpy(page.data() + kPageHeadBytes, &offset, 2); };
  page[4080] = 4;      // value bytes
  page[4080 + 6] = 3;  // key bytes
  place(4080);
  REQUIRE(read_node(page, head, 0));
  CHECK(read_node(page, head, 0)->bytes == 16);
  CHECK(nodes_are_packed(page, head));
  head.upper = 4078;
  CHECK_FALSE(nodes_are_packed(page, head));
  head.upper = 4080;
  for (const std::uint16_t wrong : {0, 4078, 4081, 4094, 65535}) {
    place(wrong);
    CHECK_FALSE(read_node(page, head, 0));
  }
  place(4080);
  for (const std::uint32_t length : {9U, 0xffffU, 0xffffffffU}) {
    std::memcpy(page.data() + 4080, &length, 4);
    CHECK_FALSE(read_node(page, head, 0));
  }
  std::memset(page.data() + 4080, 0, 4);
  page[4080 + 6] = 9;
  CHECK_FALSE(read_node(page, head, 0));
  for (const PageHead wrong : {PageHead{5, kLeaf, 15, 4080}, PageHead{5, kLeaf, 17, 4080}, PageHead{5, kLeaf, 200, 100},
                               PageHead{5, kLeaf, 18, 4097}}) {
    CHECK(node_count(wrong, 4096) == 0);
  }
}

TEST_CASE("a meta page with a wrong head, magic, size or transaction is damaged, one of another version told apart") {
  const std::string file = written_store();
  MetaPage meta;
  std::string page = file.substr(0, 4096);
  REQUIRE(read_meta_page(page.data(), 0, meta) == MetaState::sound);
  CHECK(read_meta_page(page.data(), 1, meta) == MetaState::damaged);
  for (const std::size_t at : {0, 10, 16, 40, 44, 92, 137, 144}) {
    std::string damaged = page;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    if (at == 137) damaged.replace(136, 8, 8, '\0');
    CHECK(read_meta_page(damaged.data(), 0, meta) == MetaState::damaged);
  }
  page[20] = 2;
  CHECK(read_meta_page(page.data(), 0, meta) == MetaState::other_version);
  page[20] = 1;
  const auto older = meta.transaction;
  renumber_meta_page(page.data(), 1, 3);
  REQUIRE(read_meta_page(page.data(), 1, meta) == MetaState::sound);
  CHECK(meta.transaction == 3);
  CHECK(older != 3);
}

}  // namespace warren::layout_test
