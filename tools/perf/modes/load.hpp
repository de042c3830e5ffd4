// Publishers and consumers in one event loop.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/perf/client/consumer.hpp"
#include "tools/perf/client/publisher.hpp"
#include "tools/perf/modes/modes.hpp"
#include "tools/perf/modes/report.hpp"

namespace warren::perf {

// One run: warm-up, measured time, draining.
class Load {
 public:
  explicit Load(const Plan& plan);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  Verdict run();

 private:
  enum class Phase : std::uint8_t { warming_up, measuring, draining, over };

  void watch(Link& link, std::size_t party);
  void watch_writing(Link& link, std::size_t party);
  bool publish(std::uint64_t now_ns);
  void wait(std::uint64_t now_ns, bool busy);
  void serve(std::size_t party, std::uint32_t events);
  void advance(std::uint64_t now_ns);
  void end_measuring(std::uint64_t now_ns);
  void drain(std::uint64_t now_ns);
  void tell_progress(std::uint64_t now_ns);
  bool all_published() const;
  bool all_arrived() const;
  std::optional<std::uint64_t> expected_deliveries() const;
  std::uint64_t count_lost() const;
  std::uint64_t backlog_room() const;
  void leave();

  Link& link_of(std::size_t party);

  const Plan& plan_;
  Topology topology_;
  std::string body_;
  Tally tally_;
  Link control_;
  std::vector<std::unique_ptr<Publisher>> publishers_;
  std::vector<std::unique_ptr<Consumer>> consumers_;
  std::vector<bool> writing_watched_;  // by party: publishers, then consumers
  int poll_ = -1;
  std::uint64_t copies_ = 1;  // deliveries per message

  Phase phase_ = Phase::warming_up;
  Snapshot from_;
  Snapshot to_;
  Snapshot told_;
  std::uint64_t begin_ns_ = 0;
  std::uint64_t progress_ = 0;  // deliveries and confirms when draining last moved
  std::uint64_t progress_ns_ = 0;
  std::uint64_t last_delivery_ns_ = 0;
  bool drained_ = true;
};

}  // namespace warren::perf
