// The columns of listings (management.md 3.5), those of them that a node can answer.
#pragma once

#include "manage/operations/words/operation.hpp"

namespace warren::manage {

extern const Columns kQueueColumns;
extern const Columns kExchangeColumns;
extern const Columns kBindingColumns;
extern const Columns kConnectionColumns;
extern const Columns kChannelColumns;
extern const Columns kConsumerColumns;
extern const Columns kUserColumns;
extern const Columns kVhostColumns;
extern const Columns kPermissionColumns;      // of a vhost
extern const Columns kUserPermissionColumns;  // of a user
extern const Columns kTopicPermissionColumns;
extern const Columns kUserTopicPermissionColumns;
extern const Columns kVhostLimitColumns;
extern const Columns kPolicyColumns;
extern const Columns kSyncColumns;  // of one mirrored queue

}  // namespace warren::manage
