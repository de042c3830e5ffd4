#include "tools/perf/modes/load.hpp"

#include <fmt/core.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <limits>

#include "tools/perf/modes/clock.hpp"

namespace warren::perf {
namespace {

constexpr std::size_t kControlReadBytes = 64 << 10;
constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kProgressEvery_ns = 1'000'000'000;
// Longest sleep: publishers that are held up look again.
constexpr std::uint64_t kSleepMax_ns = 10'000'000;
// Where it is not known how many deliveries to expect, so long a silence ends the draining.
constexpr std::uint64_t kSilence_ns = 1'000'000'000;

}  // namespace

Load::Load(const Plan& plan)
    : plan_(plan),
      topology_(plan),
      body_(body_pattern(plan.body_bytes)),
      tally_(plan.queues, plan.consumers),
      control_(plan.addresses.front(), {plan.frame_max, kControlReadBytes}),
      writing_watched_(plan.publishers + plan.consumers) {
  // Without this the system rounds short sleeps up by 50 microseconds, which would count as latency.
  prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
  poll_ = epoll_create1(EPOLL_CLOEXEC);
  control_.open_channel(kChannel);
  if (plan.declare) topology_.declare(control_);
  for (std::size_t i = 0; i < plan.publishers; ++i)
    publishers_.push_back(std::make_unique<Publisher>(plan, topology_, i, tally_));
  for (std::size_t i = 0; i < plan.consumers; ++i)
    consumers_.push_back(std::make_unique<Consumer>(plan, i, body_, tally_));
  if (const auto queues = topology_.queues_of(0)) copies_ = std::max<std::uint64_t>(1, queues->size());
}

Load::~Load() { ::close(poll_); }

Link& Load::link_of(std::size_t party) {
  return party < publishers_.size() ? publishers_[party]->link() : consumers_[party - publishers_.size()]->link();
}

void Load::watch(Link& link, std::size_t party) {
  epoll_event event{.events = EPOLLIN, .data = {.u64 = party}};
  epoll_ctl(poll_, EPOLL_CTL_ADD, link.socket(), &event);
}

void Load::watch_writing(Link& link, std::size_t party) {
  if (link.full() == writing_watched_[party]) return;
  writing_watched_[party] = link.full();
  epoll_event event{.events = link.full() ? EPOLLIN | EPOLLOUT : EPOLLIN, .data = {.u64 = party}};
  epoll_ctl(poll_, EPOLL_CTL_MOD, link.socket(), &event);
}

Verdict Load::run() {
  begin_ns_ = progress_ns_ = last_delivery_ns_ = clock_ns();
  told_ = from_ = take_snapshot(plan_, tally_, begin_ns_);
  for (auto& consumer : consumers_) {
    consumer->start(topology_);
    consumer->read(clock_ns());
  }
  for (std::size_t party = 0; party < writing_watched_.size(); ++party) watch(link_of(party), party);
  begin_ns_ = clock_ns();
  for (auto& publisher : publishers_) publisher->start(begin_ns_);
  while (phase_ != Phase::over) {
    const std::uint64_t now_ns = clock_ns();
    advance(now_ns);
    wait(now_ns, publish(now_ns));
  }
  const std::uint64_t lost = count_lost();
  const IntegrityCounts& found = tally_.integrity.counts();
  const bool intact =
      (lost == 0 || plan_.allow_loss) && found.repeated == 0 && found.reordered == 0 && found.corrupted == 0;
  Verdict verdict{load_report(plan_, tally_, from_, to_, lost, drained_), intact};
  leave();
  return verdict;
}

std::uint64_t Load::backlog_room() const {
  if (plan_.backlog == 0) return kUnlimited;
  const std::uint64_t wanted = (tally_.published - tally_.returned) * copies_;
  const std::uint64_t waiting = wanted - std::min(wanted, tally_.delivered);
  return waiting >= plan_.backlog ? 0 : (plan_.backlog - waiting + copies_ - 1) / copies_;
}

bool Load::publish(std::uint64_t now_ns) {
  bool busy = false;
  for (std::size_t i = 0; i < publishers_.size(); ++i) {
    busy |= publishers_[i]->work(now_ns, backlog_room());
    watch_writing(publishers_[i]->link(), i);
  }
  return busy;
}

void Load::wait(std::uint64_t now_ns, bool busy) {
  constexpr int kEvents = 64;
  std::uint64_t sleep_ns = busy ? 0 : kSleepMax_ns;
  // What is due already is held up by something that will show as an event.
  for (const auto& publisher : publishers_)
    if (const std::uint64_t due = publisher->due_ns(); due > now_ns) sleep_ns = std::min(sleep_ns, due - now_ns);
  const timespec timeout{0, static_cast<long>(sleep_ns)};
  std::array<epoll_event, kEvents> events;
  const int count = epoll_pwait2(poll_, events.data(), kEvents, &timeout, nullptr);
  for (int i = 0; i < count; ++i)
    serve(events[static_cast<std::size_t>(i)].data.u64, events[static_cast<std::size_t>(i)].events);
}

void Load::serve(std::size_t party, std::uint32_t events) {
  Link& link = link_of(party);
  const bool publishes = party < publishers_.size();
  if ((events & EPOLLOUT) != 0) {
    link.writable();
    if (!publishes) link.flush();
  }
  if ((events & ~EPOLLOUT) != 0 && link.receive()) {
    const std::uint64_t now_ns = clock_ns();
    if (publishes) {
      publishers_[party]->read(now_ns);
    } else {
      const std::uint64_t before = tally_.delivered;
      consumers_[party - publishers_.size()]->read(now_ns);
      if (tally_.delivered != before) last_delivery_ns_ = now_ns;
    }
  }
  watch_writing(link, party);
}

// ---- phases ----

void Load::advance(std::uint64_t now_ns) {
  if (phase_ == Phase::warming_up && now_ns >= begin_ns_ + as_ns(plan_.warmup_s)) {
    phase_ = Phase::measuring;
    tally_.measuring = true;
    from_ = take_snapshot(plan_, tally_, now_ns);
  }
  if (now_ns - told_.at_ns >= kProgressEvery_ns) tell_progress(now_ns);
  if (phase_ == Phase::measuring) {
    const bool done = plan_.count != 0 ? all_published() : now_ns >= from_.at_ns + as_ns(plan_.duration_s);
    if (done) end_measuring(now_ns);
  }
  if (phase_ == Phase::draining) drain(now_ns);
}

bool Load::all_published() const {
  // With nobody publishing, the count is of what is taken.
  if (publishers_.empty()) return tally_.delivered >= plan_.count;
  return std::all_of(publishers_.begin(), publishers_.end(), [](const auto& one) { return one->finished(); });
}

void Load::end_measuring(std::uint64_t now_ns) {
  phase_ = Phase::draining;
  to_ = take_snapshot(plan_, tally_, now_ns);
  // A counted run is measured to its last message.
  if (plan_.count == 0) tally_.measuring = false;
  for (auto& publisher : publishers_) publisher->stop();
  progress_ns_ = now_ns;
}

std::optional<std::uint64_t> Load::expected_deliveries() const {
  std::uint64_t expected = 0;
  for (const auto& publisher : publishers_)
    for (const Publisher::Due& due : publisher->dues()) {
      const auto queues = topology_.queues_of(due.key);
      if (!queues) return {};
      expected += due.messages * queues->size();
    }
  return expected;
}

bool Load::all_arrived() const {
  if (consumers_.empty() || publishers_.empty()) return true;
  // A cheap look before the exact one.
  if (const auto expected = expected_deliveries()) return tally_.delivered >= *expected;
  return false;
}

void Load::drain(std::uint64_t now_ns) {
  const std::uint64_t progress = tally_.delivered + tally_.confirmed + tally_.nacked + tally_.returned;
  const bool answered =
      std::all_of(publishers_.begin(), publishers_.end(), [](const auto& one) { return one->idle(); });
  if (progress != progress_) {
    progress_ = progress;
    progress_ns_ = now_ns;
  }
  const bool silent = answered && now_ns - progress_ns_ > kSilence_ns && !expected_deliveries();
  const bool stuck = now_ns - progress_ns_ > as_ns(plan_.drain_s);
  if (!(answered && all_arrived()) && !silent && !stuck) return;
  drained_ = !stuck;
  if (plan_.count != 0)
    to_ = take_snapshot(plan_, tally_, consumers_.empty() ? now_ns : std::max(last_delivery_ns_, to_.at_ns));
  phase_ = Phase::over;
}

std::uint64_t Load::count_lost() const {
  if (!plan_.check || consumers_.empty() || plan_.body_bytes < kStampBytes) return 0;
  std::uint64_t lost = 0;
  for (const auto& publisher : publishers_)
    for (const Publisher::Due& due : publisher->dues()) {
      const auto queues = topology_.queues_of(due.key);
      if (queues)
        lost += tally_.integrity.lost(due.stream, due.messages, std::span<const std::size_t>(*queues));
      else
        lost += tally_.integrity.lost(due.stream, due.messages, {});
    }
  return lost;
}

void Load::tell_progress(std::uint64_t now_ns) {
  const Snapshot now = take_snapshot(plan_, tally_, now_ns);
  const double seconds = seconds_between(told_.at_ns, now_ns);
  const auto rate = [&](std::uint64_t before, std::uint64_t after) {
    return static_cast<double>(after - before) / seconds;
  };
  if (!plan_.quiet)
    fmt::print(stderr, "{:4.0f} s  published {:9.0f}/s  confirmed {:9.0f}/s  delivered {:9.0f}/s{}\n",
               seconds_between(begin_ns_, now_ns), rate(told_.published, now.published),
               rate(told_.confirmed, now.confirmed), rate(told_.delivered, now.delivered),
               phase_ == Phase::warming_up ? "  (warming up)"
               : phase_ == Phase::draining ? "  (draining)"
                                           : "");
  told_ = now;
}

void Load::leave() {
  for (auto& publisher : publishers_) publisher->link().close();
  for (auto& consumer : consumers_) {
    consumer->finish();
    consumer->link().close();
  }
  if (plan_.declare && !plan_.keep) topology_.remove(control_);
  control_.close();
}

Verdict run_load(const Plan& plan) { return Load(plan).run(); }

}  // namespace warren::perf
