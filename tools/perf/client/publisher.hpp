// Publishes as fast as it may.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "amqp/assembler.hpp"
#include "tools/perf/client/confirm_window.hpp"
#include "tools/perf/client/link.hpp"
#include "tools/perf/client/tally.hpp"
#include "tools/perf/client/topology.hpp"

namespace warren::perf {

// Messages lie ready on a belt, encoded once; of each only the stamp is written anew before it is sent again.
class Publisher {
 public:
  // Requires: outlived by everything given.
  Publisher(const Plan& plan, const Topology& topology, std::size_t index, Tally& tally);

  Link& link() { return link_; }
  // From now on, at the plan's rate.
  void start(std::uint64_t now_ns);
  // Publishes at most `most` messages. Returns whether more could be done at once.
  bool work(std::uint64_t now_ns, std::uint64_t most);
  // Takes confirms and returned messages. Requires: the link received.
  void read(std::uint64_t now_ns);
  // Publishes nothing more than what is half sent.
  void stop() { stopped_ = true; }

  bool idle() const { return unsent_.empty() && (!window_ || window_->in_flight() == 0); }
  // All that it will publish is published.
  bool finished() const { return unsent_.empty() && sent_ == quota_; }
  // When the next message should be sent; now or earlier when something else holds it up.
  std::uint64_t due_ns() const;
  // Messages of each of its keys that should arrive somewhere: not returned, and not refused.
  struct Due {
    std::size_t key;
    std::uint32_t stream;
    std::uint64_t messages;
  };
  std::vector<Due> dues() const;

 private:
  void fill_belt(const Plan& plan, const Topology& topology);
  void append_message(const Plan& plan, const Topology& topology, std::size_t key, const std::string& body);
  std::uint64_t allowed(std::uint64_t now_ns) const;
  void prepare(std::uint64_t messages, std::uint64_t now_ns);
  std::uint64_t intended_ns(std::uint64_t message) const;
  void on_method(std::string_view payload, std::uint64_t now_ns);
  void on_confirm(std::uint64_t tag, bool multiple, bool nack, std::uint64_t now_ns);
  void on_body(const amqp::Frame& frame);
  std::uint32_t stream(std::size_t key) const { return first_stream_ + static_cast<std::uint32_t>(key); }

  Link link_;
  Tally& tally_;
  std::vector<std::size_t> keys_;
  std::uint32_t first_stream_;
  bool stamped_;
  std::uint64_t quota_;
  double interval_ns_ = 0;  // 0: no rate
  double offset_ns_ = 0;    // among the other publishers
  std::uint64_t start_ns_ = 0;
  std::optional<ConfirmWindow> window_;

  struct Place {
    std::size_t begin;
    std::size_t stamp;
  };
  ByteBuffer belt_;
  std::vector<Place> places_;
  std::string_view unsent_;  // of the belt
  std::uint64_t sent_ = 0;
  bool stopped_ = false;

  std::vector<std::uint64_t> missing_;  // by place in keys_: returned or refused
  amqp::ContentAssembler content_;      // of returned messages
};

}  // namespace warren::perf
