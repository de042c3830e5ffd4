// Opening and closing, over and over: every worker is a thread that waits for each answer.
#include <fmt/core.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <thread>
#include <vector>

#include "tools/perf/client/link.hpp"
#include "tools/perf/modes/clock.hpp"
#include "tools/perf/modes/modes.hpp"
#include "tools/perf/modes/report.hpp"

namespace warren::perf {
namespace {

constexpr ChannelNumber kChurnedChannel = 2;
constexpr std::size_t kChurnReadBytes = 16 << 10;

class Worker {
 public:
  Worker(const Plan& plan, std::size_t index) : plan_(plan), index_(index) {}

  void run(const std::atomic<bool>& stop) {
    try {
      if (plan_.mode != Mode::churn_connections) {
        kept_ = connect();
        kept_->open_channel(kChannel);
      }
      while (!stop.load(std::memory_order_relaxed)) {
        const std::uint64_t begin_ns = clock_ns();
        cycle();
        cycles_ns_.add(clock_ns() - begin_ns);
      }
      if (kept_) kept_->close();
    } catch (...) { failure_ = std::current_exception(); }
  }

  const Histogram& cycles_ns() const { return cycles_ns_; }
  std::exception_ptr failure() const { return failure_; }

 private:
  std::unique_ptr<Link> connect() const {
    return std::make_unique<Link>(plan_.addresses[index_ % plan_.addresses.size()],
                                  LinkSettings{plan_.frame_max, kChurnReadBytes});
  }

  void cycle() {
    switch (plan_.mode) {
      case Mode::churn_connections: {
        const std::unique_ptr<Link> link = connect();
        link->open_channel(kChannel);
        link->close();
        break;
      }
      case Mode::churn_queues: {
        const std::string name = fmt::format("{}.churn.{}", plan_.prefix, index_);
        kept_->call<amqp::QueueDeclareOk>(kChannel, amqp::QueueDeclare{.queue = name, .durable = plan_.durable});
        kept_->call<amqp::QueueDeleteOk>(kChannel, amqp::QueueDelete{.queue = name});
        break;
      }
      default:
        kept_->open_channel(kChurnedChannel);
        kept_->call<amqp::ChannelCloseOk>(kChurnedChannel, amqp::ChannelClose{.reply_code = 200, .reply_text = "done"});
    }
  }

  const Plan& plan_;
  std::size_t index_;
  std::unique_ptr<Link> kept_;
  Histogram cycles_ns_;
  std::exception_ptr failure_;
};

std::string_view name_of(Mode mode) {
  if (mode == Mode::churn_connections) return "connection";
  return mode == Mode::churn_channels ? "channel" : "queue";
}

}  // namespace

Verdict run_churn(const Plan& plan) {
  std::vector<Worker> workers;
  for (std::size_t i = 0; i < plan.workers; ++i) workers.emplace_back(plan, i);
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  const ProcessUse before = use_of(plan.pid);
  const std::uint64_t begin_ns = clock_ns();
  for (Worker& worker : workers) threads.emplace_back([&] { worker.run(stop); });
  std::this_thread::sleep_for(std::chrono::duration<double>(plan.duration_s));
  stop = true;
  for (std::thread& thread : threads) thread.join();
  const double seconds = seconds_between(begin_ns, clock_ns());
  const ProcessUse after = use_of(plan.pid);

  Histogram all;
  for (const Worker& worker : workers) {
    if (worker.failure()) std::rethrow_exception(worker.failure());
    all.merge(worker.cycles_ns());
  }
  Verdict verdict;
  verdict.result.add("mode", "churn")
      .add("label", plan.label)
      .add("what", name_of(plan.mode))
      .add("seconds", seconds, 3)
      .add("cycles", all.count())
      .add("cycles_per_s", static_cast<double>(all.count()) / seconds, 0)
      .add("cycle_us", percentiles(all));
  if (plan.pid != 0) verdict.result.add("broker_cpu", (after.cpu_s - before.cpu_s) / seconds, 2);
  return verdict;
}

}  // namespace warren::perf
