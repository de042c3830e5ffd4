// Many things that do nothing: what each costs in memory, and how fast they come and go.
#include <fmt/core.h>
#include <sys/resource.h>

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "tools/perf/client/link.hpp"
#include "tools/perf/modes/clock.hpp"
#include "tools/perf/modes/modes.hpp"
#include "tools/perf/process.hpp"

namespace warren::perf {
namespace {

constexpr std::size_t kCrowdReadBytes = 16 << 10;
constexpr std::size_t kIdleReadBytes = 2 << 10;
// Requests under way at once.
constexpr std::size_t kAskedAtOnce = 100;

void sleep_for(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

void allow_many_files() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

// What the broker's memory grew by, per thing held.
void add_memory(JsonObject& object, const Plan& plan, const ProcessUse& before, const ProcessUse& after,
                std::size_t things) {
  constexpr double kKilobyte = 1 << 10;
  if (plan.pid == 0) return;
  const double grown = static_cast<double>(after.resident_bytes) - static_cast<double>(before.resident_bytes);
  object.add("resident_kb_each", grown / kKilobyte / static_cast<double>(things), 2)
      .add("broker_resident_mb", static_cast<double>(after.resident_bytes) / kKilobyte / kKilobyte, 1);
}

// Sends `count` requests, some at once, and waits for each answer. Returns requests per second.
template <class Answer, class Request>
double pipeline(Link& link, std::size_t count, Request request) {
  const std::uint64_t begin_ns = clock_ns();
  std::size_t answered = 0;
  for (std::size_t i = 0; i < count; ++i) {
    request(i);
    for (; i - answered >= kAskedAtOnce; ++answered) link.await<Answer>(kChannel);
  }
  for (; answered < count; ++answered) link.await<Answer>(kChannel);
  return static_cast<double>(count) / seconds_between(begin_ns, clock_ns());
}

}  // namespace

Verdict run_idle_connections(const Plan& plan) {
  allow_many_files();
  const ProcessUse before = use_of(plan.pid);
  const std::uint64_t begin_ns = clock_ns();
  std::vector<std::unique_ptr<Link>> links;
  for (std::size_t i = 0; i < plan.idle_connections; ++i) {
    const Address& to = plan.addresses[i % plan.addresses.size()];
    links.push_back(std::make_unique<Link>(to, LinkSettings{plan.frame_max, kIdleReadBytes}));
    links.back()->open_channel(kChannel);
  }
  const double seconds = seconds_between(begin_ns, clock_ns());
  sleep_for(plan.duration_s);
  Verdict verdict;
  verdict.result.add("mode", "idle-connections")
      .add("label", plan.label)
      .add("connections", std::uint64_t{links.size()})
      .add("connects_per_s", static_cast<double>(links.size()) / seconds, 0);
  add_memory(verdict.result, plan, before, use_of(plan.pid), links.size());
  for (auto& link : links) link->close();
  return verdict;
}

Verdict run_declare_queues(const Plan& plan) {
  Link link(plan.addresses.front(), {plan.frame_max, kCrowdReadBytes});
  link.open_channel(kChannel);
  const auto name = [&](std::size_t i) { return fmt::format("{}.declared.{}", plan.prefix, i); };
  const ProcessUse before = use_of(plan.pid);
  const double declares_per_s = pipeline<amqp::QueueDeclareOk>(link, plan.declared_queues, [&](std::size_t i) {
    const std::string queue = name(i);
    amqp::append_method_frame(
        link.out(), kChannel,
        amqp::QueueDeclare{.queue = queue, .durable = plan.durable, .arguments = plan.queue_arguments});
  });
  sleep_for(plan.duration_s);
  Verdict verdict;
  verdict.result.add("mode", "declare-queues")
      .add("label", plan.label)
      .add("queues", std::uint64_t{plan.declared_queues})
      .add("declares_per_s", declares_per_s, 0);
  add_memory(verdict.result, plan, before, use_of(plan.pid), plan.declared_queues);
  if (!plan.keep) {
    const double deletes_per_s = pipeline<amqp::QueueDeleteOk>(link, plan.declared_queues, [&](std::size_t i) {
      const std::string queue = name(i);
      amqp::append_method_frame(link.out(), kChannel, amqp::QueueDelete{.queue = queue});
    });
    verdict.result.add("deletes_per_s", deletes_per_s, 0);
  }
  link.close();
  return verdict;
}

}  // namespace warren::perf
