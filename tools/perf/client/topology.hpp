// Queues, exchange and bindings of a run, and which message belongs in which queue.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "amqp/table.hpp"
#include "tools/perf/client/link.hpp"
#include "tools/perf/plan.hpp"

namespace warren::perf {

// Messages differ by their key: a routing key, or headers. Requires: outlived by the plan.
class Topology {
 public:
  explicit Topology(const Plan& plan);

  void declare(Link& link) const;
  // Deletes what declare() made, messages and all.
  void remove(Link& link) const;

  std::string queue_name(std::size_t queue) const;
  const std::string& exchange() const { return exchange_; }
  std::size_t keys() const { return keys_; }
  std::string routing_key(std::size_t key) const;
  amqp::Table headers(std::size_t key) const;
  // The queues that messages of this key go to and that are consumed from, if that can be known.
  std::optional<std::vector<std::size_t>> queues_of(std::size_t key) const;
  // Keys that a publisher uses, in turn: its share, or one that it has in common with others.
  std::vector<std::size_t> keys_of_publisher(std::size_t publisher) const;

 private:
  // How bindings and keys are made up.
  enum class Kind : std::uint8_t { by_name, to_all, direct, topic, headers, given };

  static Kind kind_of(const Plan& plan);
  std::string binding_key(std::size_t binding) const;
  void bind_all(Link& link) const;
  bool consumed(std::size_t queue) const { return queue < plan_.consumers; }

  const Plan& plan_;
  Kind kind_;
  std::string exchange_;
  std::size_t bindings_ = 0;
  std::size_t keys_ = 0;
};

}  // namespace warren::perf
