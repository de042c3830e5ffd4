// Rare branches, counted when the simulation passes through them. Only what can be seen from outside the broker's code.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace warren::sim {

enum class Mark : std::uint8_t {
  one_byte_chunk,
  reading_switched_off,
  write_cut_short,
  socket_stalled,
  kernel_buffer_full,
  missed_heartbeats,
  batch_waited_for_catalog,
  delivery_returned,
  consumer_paused_by_mail,
  window_given_back,
  publish_lane_returned,
  death_with_held_deliveries,
  death_in_transaction,
  publish_nacked,
  publish_returned,
  confirm_multiple,
  confirm_out_of_order,
  transaction_committed,
  transaction_rolled_back,
  transaction_refused,
  redelivered,
  requeued_in_place,
  dead_letter,
  get_empty,
  channel_refused,
  connection_refused,
  consumer_cancelled_by_broker,
  publishers_blocked,
  requests_in_line,
  node_killed,
  power_lost,
  segment_freed,
  chunk_written,
  chunk_read,
  body_shared,
  body_erased,
  journal_ill,
  store_ill,
  recovery_interrupted,
  disk_full,
  count,
};

inline constexpr std::size_t kMarks = static_cast<std::size_t>(Mark::count);

std::string_view mark_name(Mark mark);

class Marks {
 public:
  void hit(Mark mark) { ++counts_[static_cast<std::size_t>(mark)]; }
  std::uint64_t count(Mark mark) const { return counts_[static_cast<std::size_t>(mark)]; }
  void add(const Marks& other) {
    for (std::size_t i = 0; i < kMarks; ++i) counts_[i] += other.counts_[i];
  }

 private:
  std::array<std::uint64_t, kMarks> counts_{};
};

}  // namespace warren::sim
