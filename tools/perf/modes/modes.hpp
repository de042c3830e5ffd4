// What warren-perf can do, one function each. They throw Trouble.
#pragma once

#include "tools/perf/json.hpp"
#include "tools/perf/plan.hpp"

namespace warren::perf {

struct Verdict {
  JsonObject result;
  bool intact = true;  // nothing was lost, repeated, reordered or corrupted
};

// Publishers and consumers.
Verdict run_load(const Plan& plan);
// Opens and closes connections, channels or queues, over and over.
Verdict run_churn(const Plan& plan);
// Holds many connections.
Verdict run_idle_connections(const Plan& plan);
// Declares many queues, holds and deletes them.
Verdict run_declare_queues(const Plan& plan);

// Whatever the plan says.
Verdict run(const Plan& plan);

}  // namespace warren::perf
