// Publishes for the broker itself: no session behind it, no confirm wanted, nobody to return to.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/rng.hpp"
#include "broker/exchange/router.hpp"
#include "broker/session/mail.hpp"

namespace warren::node {

// Requires: router, generator and lanes outlive it.
class InsidePublisher {
 public:
  InsidePublisher(broker::Router& router, Rng& rng, std::vector<broker::QueueMail>& queue_mail,
                  std::vector<broker::Remember>& memories)
      : router_(router), rng_(rng), queue_mail_(queue_mail), memories_(memories) {}

  // Routes as for a client, internal exchanges included. Requires: at least one key; an exchange of the router's
  // catalog.
  void publish(const broker::Exchange& exchange, std::span<const std::string> keys, const broker::MessageRef& message);

 private:
  broker::Router& router_;
  Rng& rng_;
  std::vector<broker::QueueMail>& queue_mail_;
  std::vector<broker::Remember>& memories_;
};

}  // namespace warren::node
