// What operators are told of a comparison of a queue with its copies.
#pragma once

#include "broker/catalog/catalog.hpp"
#include "manage/operations/questions/compared_copies.hpp"
#include "manage/operations/words/request.hpp"

namespace warren::manage {

// A failure when a copy is another one, or did not answer though it counts.
Answer verdict_of(const ComparedCopies& compared, const broker::QueueDefinition& queue, const broker::Catalog& catalog);

}  // namespace warren::manage
