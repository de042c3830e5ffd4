// One definition of two policies.
#pragma once

#include "amqp/table.hpp"

namespace warren::broker {

// What holds where a policy of a user and one of operators meet (amqp.md 5.2). A key that one of them has is taken as
// it is; of limits that both have the smaller counts, of copies the more, of all else what operators say. In order of
// keys.
amqp::Table merge_policies(const amqp::Table& user, const amqp::Table& operators);

}  // namespace warren::broker
