#include "server/cluster/formation.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <optional>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "node/cluster/ask/ask_messages.hpp"
#include "server/cluster/registry.hpp"
#include "server/log.hpp"

namespace warren::server {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Nodes that are started together see each other's files by then.
constexpr milliseconds kSettle{250};
constexpr milliseconds kRound{40};
constexpr milliseconds kFormingWithin{15'000};
constexpr int kAskTimeout_ms = 1000;
constexpr int kFoundersTimeout_ms = 8000;

struct Candidate {
  std::string host;
  std::uint16_t port = 0;
};

std::uint64_t wall_us() {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count());
}

// Questions of a node that is nobody yet. It answers, too, that it is one.
class Forming {
 public:
  Forming(const node::Settings& settings, const LinkSettings& link)
      : settings_(settings), links_(context_, link, events()), port_(links_.port()) {}
  ~Forming() {
    links_.close();
    context_.poll();
  }

  // Nothing: nobody answered.
  std::optional<node::AskMessage> ask(const Candidate& to, const node::AskMessage& question, int timeout_ms) {
    bool done = false;
    std::optional<node::AskMessage> answer;
    links_.ask(to.host, to.port, node::encode(question), timeout_ms, [&](bool ok, std::string text) {
      done = true;
      node::AskMessage message;
      if (ok && node::decode(text, message)) answer = std::move(message);
      if (!ok) trouble_ = std::move(text);
    });
    context_.restart();
    while (!done) context_.run_one();
    return answer;
  }

  // Serves others meanwhile.
  void wait(milliseconds time) {
    context_.restart();
    context_.run_for(time);
  }

  std::uint64_t started_at() const { return started_at_; }
  const std::string& trouble() const { return trouble_; }
  std::uint16_t port() const { return port_; }

 private:
  LinkEvents events() {
    LinkEvents events;
    events.control = [](NodeId, std::string) {};
    events.mail = [](NodeId, ShardIndex, node::MailBatch) {};
    events.lost = [](NodeId) {};
    events.log = [](std::string line) { log(line); };
    events.asked = [this](std::uint64_t ask, const std::string& question) {
      node::AskMessage message;
      if (!node::decode(question, message) || !std::holds_alternative<node::WhoQuestion>(message))
        return links_.reply(ask, {});
      links_.reply(
          ask, node::encode(node::WhoAnswer{settings_.name, settings_.session.cluster_name, true, started_at_, {}}));
    };
    return events;
  }

  const node::Settings& settings_;
  boost::asio::io_context context_{1};
  std::uint64_t started_at_ = wall_us();
  Links links_;
  std::uint16_t port_;
  std::string trouble_;
};

node::Identity join(Forming& forming, const node::Settings& settings, const Candidate& to) {
  const node::JoinQuestion question{settings.name, settings.cluster.kind, node::host_of_node(settings.name),
                                    forming.port()};
  const std::optional<node::AskMessage> message = forming.ask(to, question, kFoundersTimeout_ms);
  const auto* answer = message ? std::get_if<node::JoinAnswer>(&*message) : nullptr;
  if (answer == nullptr)
    throw std::runtime_error(fmt::format("the node at {}:{} did not let this one in: {}", to.host, to.port,
                                         forming.trouble().empty() ? "it gave no answer" : forming.trouble()));
  if (!answer->refusal.empty()) throw std::runtime_error(answer->refusal);
  node::Identity identity;
  identity.self = NodeId(answer->node);
  identity.name = settings.name;
  identity.kind = settings.cluster.kind;
  identity.lineage = answer->lineage;
  identity.founder = false;
  for (const node::NodeContact& contact : answer->nodes) identity.contacts.push_back(contact.node);
  return identity;
}

std::vector<Candidate> candidates(const node::Settings& settings, const std::string& run_dir, std::uint16_t own_port) {
  std::vector<Candidate> found;
  for (const std::string& text : settings.cluster.seeds) {
    const node::SeedAddress seed = node::read_seed(text);
    // A name alone: the usual port, or what a node of this machine says.
    Candidate candidate{seed.host, seed.port != 0 ? seed.port : std::uint16_t{25672}};
    if (seed.port == 0)
      for (const RegisteredNode& node : registered_nodes(run_dir))
        if (node.name == text) candidate = {node.host, node.port};
    if (text != settings.name) found.push_back(candidate);
  }
  if (settings.cluster.name_given)
    for (const RegisteredNode& node : registered_nodes(run_dir))
      if (node.cluster_name == settings.session.cluster_name && node.name != settings.name && node.port != own_port)
        found.push_back({node.host, node.port});
  return found;
}

}  // namespace

node::Identity found(const node::Settings& settings) {
  std::random_device device;
  node::Identity identity;
  identity.name = settings.name;
  // There is no cluster of one ram node: somebody must keep the definitions.
  identity.kind = broker::NodeKind::disc;
  identity.lineage = (std::uint64_t{device()} << 32 | device()) | 1;
  return identity;
}

node::Identity form(const node::Settings& settings, const LinkSettings& link, const std::string& run_dir) {
  Forming forming(settings, link);
  const Clock::time_point begun = Clock::now();
  const bool must_join = !settings.cluster.seeds.empty() &&
                         std::ranges::find(settings.cluster.seeds, settings.name) == settings.cluster.seeds.end();
  for (;;) {
    bool older = false;
    for (const Candidate& candidate : candidates(settings, run_dir, forming.port())) {
      const std::optional<node::AskMessage> message = forming.ask(candidate, node::WhoQuestion{}, kAskTimeout_ms);
      const auto* who = message ? std::get_if<node::WhoAnswer>(&*message) : nullptr;
      if (who == nullptr)
        older = true;  // it may be about to found one
      else if (!who->forming)
        return join(forming, settings, candidate);
      else
        older |= std::pair(who->started_at, who->name) < std::pair(forming.started_at(), settings.name);
    }
    const auto passed = Clock::now() - begun;
    if (!older && !must_join && passed >= kSettle) return found(settings);
    if (passed >= kFormingWithin) {
      if (must_join)
        throw std::runtime_error(fmt::format("none of the nodes to join can be reached: {}", forming.trouble()));
      log(fmt::format("no other node could be asked, this one founds a cluster: {}", forming.trouble()));
      return found(settings);
    }
    forming.wait(kRound);
  }
}

node::Identity ask_to_join(const node::Settings& settings, const LinkSettings& link, const std::string& host,
                           std::uint16_t port) {
  Forming forming(settings, link);
  return join(forming, settings, {host, port});
}

}  // namespace warren::server
