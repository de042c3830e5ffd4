// What is printed on standard error when a node refuses.
#pragma once

#include <string>

#include "manage/operations/words/request.hpp"

namespace warren::ctl {

std::string failure_text(const manage::Failure& failure);

}  // namespace warren::ctl
