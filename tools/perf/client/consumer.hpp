// Takes deliveries, looks at them, and acknowledges.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "amqp/assembler.hpp"
#include "tools/perf/client/link.hpp"
#include "tools/perf/client/tally.hpp"
#include "tools/perf/client/topology.hpp"

namespace warren::perf {

class Consumer {
 public:
  // Requires: outlived by everything given. `body`: what bodies look like beside their stamp.
  Consumer(const Plan& plan, std::size_t index, const std::string& body, Tally& tally);

  Link& link() { return link_; }
  // Subscribes. Deliveries may follow at once.
  void start(const Topology& topology);
  // Takes what the link received.
  void read(std::uint64_t now_ns);
  // Acknowledges what is left.
  void finish();

 private:
  void on_method(std::string_view payload);
  void on_header(std::string_view payload, std::uint64_t now_ns);
  void on_body(const amqp::Frame& frame, std::uint64_t now_ns);
  void complete(std::uint64_t now_ns);
  bool looks_right(std::string_view part) const;
  void acknowledge();

  const Plan& plan_;
  Link link_;
  std::size_t index_;
  std::size_t queue_;
  const std::string& body_;
  Tally& tally_;
  bool stamped_;

  // The delivery in hand.
  amqp::ContentAssembler content_;
  std::uint64_t tag_ = 0;
  bool redelivered_ = false;
  bool intact_ = true;
  std::uint64_t body_at_ = 0;
  Stamp stamp_;
  std::string stamp_bytes_;  // of a stamp that came in parts

  std::uint64_t unacknowledged_ = 0;
};

}  // namespace warren::perf
