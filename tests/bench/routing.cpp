// bench-routing: what routing over a topic exchange costs with few and with many bindings. Exits with 1 when many cost
// more than kRatioMax times as much as few.
#include <fmt/core.h>

#include <string>
#include <vector>

#include "broker/exchange/router.hpp"
#include "tests/bench/in_process.hpp"
#include "tests/bench/timing.hpp"

namespace warren::bench {
namespace {

constexpr std::size_t kFew = 10;
constexpr std::size_t kMany = 10'000;
constexpr double kRatioMax = 3;
constexpr std::size_t kQueues = 10;
// Keys that come again and again, few enough to be remembered, and keys that never do.
constexpr std::size_t kRepeatedKeys = 500;
constexpr std::size_t kFreshKeys = 100'000;
constexpr int kRounds = 21;

struct Costs {
  double remembered_ns = 0;
  double fresh_ns = 0;
};

broker::Command bind(VhostId vhost, std::size_t i) {
  constexpr std::size_t kPatterns = 3;
  const std::string pattern = i % kPatterns == 0   ? fmt::format("site.{}.#", i)
                              : i % kPatterns == 1 ? fmt::format("site.{}.*.on", i)
                                                   : fmt::format("*.{}.#", i);
  return broker::Bind{vhost, "topics", broker::DestinationKind::queue, fmt::format("q{}", i % kQueues), pattern, {}};
}

// A catalog with one topic exchange of so many bindings.
void fill(broker::Catalog& catalog, std::size_t bindings) {
  for (const broker::Command& command : broker::default_definitions("")) define(catalog, command);
  const VhostId vhost = catalog.find_vhost("/")->id;
  broker::ExchangeDefinition exchange;
  exchange.vhost = vhost;
  exchange.name = "topics";
  exchange.type = "topic";
  define(catalog, broker::DeclareExchange{exchange});
  for (std::size_t i = 0; i < kQueues; ++i) {
    broker::QueueDefinition queue;
    queue.vhost = vhost;
    queue.name = fmt::format("q{}", i);
    define(catalog, broker::DeclareQueue{queue});
  }
  for (std::size_t i = 0; i < bindings; ++i) define(catalog, bind(vhost, i));
}

double cost(broker::Router& router, const broker::Exchange& exchange, const std::vector<std::string>& keys) {
  Rng rng(1);
  Rounds rounds;
  std::size_t found = 0;
  for (int round = 0; round < kRounds; ++round) {
    const double begin = thread_ns();
    for (const std::string& key : keys) found += router.route(exchange, key, {}, rng).size();
    rounds.add(thread_ns() - begin, keys.size());
  }
  WARREN_CHECK(found != 0, "keys match bindings");
  return rounds.median();
}

Costs measure(std::size_t bindings) {
  broker::Catalog catalog;
  fill(catalog, bindings);
  const broker::Exchange& exchange = *catalog.find_exchange(catalog.find_vhost("/")->id, "topics");
  broker::Router router(catalog);
  std::vector<std::string> repeated;
  std::vector<std::string> fresh;
  // Neighbours in time are strangers in the trie.
  constexpr std::size_t kStride = 7919;
  for (std::size_t i = 0; i < kRepeatedKeys; ++i)
    repeated.push_back(fmt::format("site.{}.{}.on", i * kStride % bindings, i));
  for (std::size_t i = 0; i < kFreshKeys; ++i) fresh.push_back(fmt::format("site.{}.{}.on", i * kStride % bindings, i));
  Costs costs;
  costs.remembered_ns = cost(router, exchange, repeated);
  costs.fresh_ns = cost(router, exchange, fresh);
  return costs;
}

bool print_row(std::string_view what, double few, double many) {
  fmt::print("| {:<24} | {:>11.1f} | {:>15.1f} | {:>5.2f} |\n", what, few, many, many / few);
  return many / few <= kRatioMax;
}

}  // namespace
}  // namespace warren::bench

int main() {
  using namespace warren::bench;
  const Costs few = measure(kFew);
  const Costs many = measure(kMany);
  fmt::print("| topic routing, ns        | {} bindings | {} bindings | ratio |\n", kFew, kMany);
  fmt::print("| ------------------------ | ----------: | --------------: | ----: |\n");
  const bool remembered = print_row("key seen before", few.remembered_ns, many.remembered_ns);
  const bool fresh = print_row("key never seen", few.fresh_ns, many.fresh_ns);
  return remembered && fresh ? 0 : 1;
}
