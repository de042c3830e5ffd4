#include "tools/perf/modes/modes.hpp"

namespace warren::perf {

Verdict run(const Plan& plan) {
  switch (plan.mode) {
    case Mode::load: return run_load(plan);
    case Mode::churn_connections:
    case Mode::churn_channels:
    case Mode::churn_queues: return run_churn(plan);
    case Mode::idle_connections: return run_idle_connections(plan);
    case Mode::declare_queues: return run_declare_queues(plan);
  }
  return {};
}

}  // namespace warren::perf
