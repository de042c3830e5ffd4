#include "tools/ctl/print/failures.hpp"

#include <doctest/doctest.h>

namespace warren::ctl {

using manage::Failure;
using manage::List;
using manage::Map;

TEST_CASE("the word Error stands alone, but for usage and time") {
  CHECK(failure_text({"no", manage::kUnavailable, {}, {}}) == "Error:\nno\n");
  CHECK(failure_text({"no", manage::kUsage, {}, {}}) == "Error: no\n");
  CHECK(failure_text({"no", manage::kTemporary, {}, {}}) == "Error: no\n");
  CHECK(failure_text({"no", manage::kSoftware, "with_itself", {}}) == "Error: no\n");
}

TEST_CASE("what would be lost is listed, with the way to say that this is meant") {
  const Map queue = Map{}.add("vhost", "/").add("name", "orders").add("messages", 20);
  CHECK(failure_text({"this would destroy:", manage::kUnavailable, "would_lose", List{queue}}) ==
        "Error:\nthis would destroy:\n  queue 'orders' in vhost '/' with 20 messages\n"
        "Nothing was done. If this is meant, say so with --accept-loss.\n");
  const std::string many = failure_text({"x", manage::kUnavailable, "would_lose", List(50, manage::Value(queue))});
  CHECK(many.find("  and 30 more\n") != std::string::npos);
}

}  // namespace warren::ctl
