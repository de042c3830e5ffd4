// Nodes that are nothing but registrars with a catalog, in one thread; what they persist is durable at once.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "broker/catalog/stored/catalog_snapshot.hpp"
#include "broker/catalog/wire/command_codec.hpp"
#include "node/cluster/registrar.hpp"

namespace warren::node::testing {

struct LittleNode {
  Identity identity;
  std::unique_ptr<broker::Catalog> catalog = std::make_unique<broker::Catalog>();
  std::optional<Registrar> registrar;
  std::vector<broker::Letter> letters;
  std::vector<RequestAnswer> answers;
  std::vector<std::string> log;
  std::vector<std::string> noticed;  // keys of events, with the node that they are about
  bool deaf = false;                 // hears nobody, and nobody hears it
  bool frozen = false;               // and its time stands still
};

class LittleCluster {
 public:
  static constexpr std::uint64_t kLineage = 7;

  Instant now = 1000;
  GroupSettings settings;                                  // of every node that is started
  std::set<std::pair<std::uint32_t, std::uint32_t>> cuts;  // these do not hear each other; the lower number first
  std::set<std::uint32_t> slow;                            // no snapshot becomes durable on these

  void cut(std::uint32_t one, std::uint32_t other) { cuts.insert(std::minmax(one, other)); }

  LittleNode& node(std::uint32_t number) { return *nodes_[number - 1]; }

  // The first founds, the others were added to its catalog already and come in.
  void start(const std::vector<broker::NodeKind>& kinds) {
    for (std::uint32_t number = 1; number <= kinds.size(); ++number) {
      add_node(number, kinds[number - 1]);
      if (number == 1) continue;
      RequestNumber request = 1000 + number;
      const std::string name = "n" + std::to_string(number);
      node(1).registrar->request(request, {}, broker::AddNode{name, kinds[number - 1], "h", 1}, now);
      pass(3000);
    }
  }

  void pass(Instant ms) {
    for (const Instant until = now + ms; now < until;) {
      now += 10;
      for (auto& one : nodes_)
        if (!one->frozen) one->registrar->tick(now);
      settle();
    }
  }

  void settle() {
    for (bool again = true; std::exchange(again, false);) {
      for (auto& one : nodes_)
        while (one->registrar->has_effects()) again = true, carry_out(*one);
      for (auto& [from, to, bytes] : std::exchange(mail_, {})) {
        again = true;
        LittleNode* receiver = to <= nodes_.size() ? nodes_[to - 1].get() : nullptr;
        if (receiver != nullptr && !cuts.contains(std::minmax(from, to)) && !receiver->deaf && !receiver->frozen &&
            !node(from).deaf)
          receiver->registrar->control(NodeId(from), bytes, now);
      }
    }
  }

  // What became of a vhost that this node's client wants: empty, a refusal's text, or "?" while nobody has said.
  std::string add_vhost(std::uint32_t at, const std::string& name, Instant patience_ms = 2000) {
    static RequestNumber last = 0;
    const RequestNumber request = ++last;
    node(at).registrar->request(request, {}, broker::AddVhost{name}, now);
    settle();
    for (Instant waited = 0; waited <= patience_ms; waited += 10, pass(10))
      for (const RequestAnswer& answer : node(at).answers)
        if (answer.request == request) return answer.refusal ? answer.refusal->text : "";
    return "?";
  }

  NodeId leader() {
    for (auto& one : nodes_)
      if (!one->deaf && one->registrar->status().role == raft::Role::leader) return one->identity.self;
    return {};
  }

 private:
  struct Mail {
    std::uint32_t from;
    std::uint32_t to;
    std::string bytes;
  };

  void add_node(std::uint32_t number, broker::NodeKind kind) {
    auto fresh = std::make_unique<LittleNode>();
    fresh->identity.self = NodeId(number);
    fresh->identity.name = "n" + std::to_string(number);
    fresh->identity.kind = kind;
    fresh->identity.lineage = kLineage;
    fresh->identity.incarnation = 100 + number;
    fresh->identity.founder = number == 1;
    raft::SnapshotBytes whole;
    if (number == 1) {
      (void)fresh->catalog->apply(broker::AddNode{"n1", kind, "h", 1});
      whole = std::make_shared<const std::string>(encode(Whole{{}, broker::catalog_snapshot(*fresh->catalog)}));
    } else {
      broker::NodeDefinition contact;
      contact.id = NodeId(1);
      contact.name = "n1";
      fresh->identity.contacts = {contact};
    }
    fresh->registrar.emplace(fresh->identity, settings, *fresh->catalog, Agreement{}, std::move(whole), number, now);
    nodes_.push_back(std::move(fresh));
    settle();
  }

  void carry_out(LittleNode& one) {
    RegistrarEffects effects = one.registrar->take_effects();
    for (const raft::Persist& persist : effects.persists)
      if (!persist.snapshot || !slow.contains(one.identity.self.value)) one.registrar->persisted(persist.sequence, now);
    for (DecidedItem& item : effects.decided) decide(one, item);
    if (!effects.decided.empty()) one.registrar->batch_applied(place_of(effects.decided.back()));
    if (one.registrar->wants_takeover()) one.registrar->take_over(whole(one), now);
    for (broker::Letter& letter : effects.letters) one.letters.push_back(std::move(letter));
    for (RequestAnswer& answer : effects.answers) one.answers.push_back(std::move(answer));
    for (std::string& line : effects.log) one.log.push_back(std::move(line));
    for (const Happening& happening : effects.happenings) notice(one, happening);
    if (one.registrar->wants_takeover()) {
      const Whole whole{one.registrar->tickets(), broker::catalog_snapshot(*one.catalog)};
      one.registrar->take_over(std::make_shared<const std::string>(encode(whole)), now);
    }
    for (auto& [to, bytes] : effects.control) mail_.push_back({one.identity.self.value, to.value, std::move(bytes)});
  }

  static void notice(LittleNode& one, const Happening& happening) {
    const Event event = describe(happening, one.identity.name);
    std::string text = std::string(event.key) + " " + std::string(*event.headers.find("node")->text());
    const auto* sight = std::get_if<PartitionSight>(&happening);
    if (sight != nullptr && sight->partial) text += " partial";
    one.noticed.push_back(std::move(text));
  }

  static raft::Index place_of(const DecidedItem& item) {
    if (const auto* whole = std::get_if<DecidedWhole>(&item)) return whole->snapshot.last.index;
    if (const auto* command = std::get_if<DecidedCommand>(&item)) return command->place.index;
    return std::get<DecidedNothing>(item).place.index;
  }

  static raft::SnapshotBytes whole(const LittleNode& one) {
    return std::make_shared<const std::string>(
        encode(Whole{one.registrar->tickets(), broker::catalog_snapshot(*one.catalog)}));
  }

  void decide(LittleNode& one, DecidedItem& item) {
    if (auto* whole = std::get_if<DecidedWhole>(&item)) {
      Whole state;
      broker::CatalogImage image;
      if (!decode(*whole->snapshot.bytes, state) || !image.read_snapshot(state.catalog)) return;
      one.catalog->reset();
      (void)image.restore(*one.catalog);
      return one.registrar->installed(whole->snapshot, std::move(state), now);
    }
    auto* decided = std::get_if<DecidedCommand>(&item);
    broker::Command command;
    if (const auto* nothing = std::get_if<DecidedNothing>(&item)) return one.registrar->passed(*nothing);
    if (!one.registrar->takes(*decided, now) || !broker::decode(decided->envelope.command, command)) return;
    const auto* remove = std::get_if<broker::RemoveNode>(&command);
    if (const auto* leaver = remove == nullptr ? nullptr : one.catalog->node(remove->node))
      one.registrar->removed(*leaver);
    Result<broker::Applied, broker::Refusal> applied = one.catalog->apply(command);
    if (applied)
      one.registrar->applied(*decided, !applied->changes.empty(), std::nullopt, now);
    else
      one.registrar->applied(*decided, false, std::move(applied.error()), now);
    if (const auto* up = std::get_if<broker::NodeUp>(&command)) one.registrar->word_agreed(up->node, now);
    one.registrar->nodes_changed(now);
  }

  std::vector<std::unique_ptr<LittleNode>> nodes_;
  std::vector<Mail> mail_;
};

}  // namespace warren::node::testing
