#include "manage/operations/words/columns.hpp"

#include <doctest/doctest.h>

#include <set>

namespace warren::manage {

TEST_CASE("columns occur once, and the usual ones are among all") {
  for (const Columns* columns :
       {&kQueueColumns, &kExchangeColumns, &kBindingColumns, &kConnectionColumns, &kChannelColumns, &kConsumerColumns,
        &kUserColumns, &kVhostColumns, &kPermissionColumns, &kUserPermissionColumns, &kTopicPermissionColumns,
        &kUserTopicPermissionColumns, &kVhostLimitColumns, &kSyncColumns}) {
    const std::set<std::string_view> all(columns->all.begin(), columns->all.end());
    CHECK(all.size() == columns->all.size());
    for (const std::string_view usual : columns->usual) CHECK(all.contains(usual));
    CHECK_FALSE(columns->usual.empty());
  }
}

}  // namespace warren::manage
