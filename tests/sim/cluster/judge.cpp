#include "tests/sim/cluster/judge.hpp"

#include <algorithm>
#include <string_view>

#include "base/bytes.hpp"
#include "broker/catalog/stored/catalog_snapshot.hpp"

namespace warren::sim::cluster {
namespace {

// Beyond what the detector needs: a verdict on its way, a node that looks around every now and then, slow links.
constexpr Micros kDiscSlack = 1500 * kMilli;

std::map<std::string, std::string> records_of(std::string_view snapshot) {
  constexpr std::size_t kHead = 5;
  std::map<std::string, std::string> records;
  const auto take = [&] {
    const std::size_t size = load_big<std::uint32_t>(snapshot.data());
    const std::string_view piece = snapshot.substr(sizeof(std::uint32_t), size);
    snapshot.remove_prefix(sizeof(std::uint32_t) + size);
    return std::string(piece);
  };
  for (snapshot.remove_prefix(kHead); !snapshot.empty();) {
    std::string key = take();
    records[std::move(key)] = take();
  }
  return records;
}

std::string readable(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += c >= ' ' && c <= '~' ? std::string(1, c) : fmt::format("<{:x}>", c & 0xff);
  return text;
}

// Where two catalogs part, for the story.
std::string difference(const std::string& one, const std::string& other) {
  const auto here = records_of(one);
  const auto there = records_of(other);
  std::string text = "the catalogs differ in";
  for (const auto& [key, value] : here)
    if (const auto found = there.find(key); found == there.end() || found->second != value)
      text += fmt::format("\n  first  {} = {}", readable(key), readable(value));
  for (const auto& [key, value] : there)
    if (const auto found = here.find(key); found == here.end() || found->second != value)
      text += fmt::format("\n  second {} = {}", readable(key), readable(value));
  return text;
}

}  // namespace

std::string tell_group(const raft::Configuration& configuration) {
  std::string group;
  for (const raft::Member& one : configuration.members())
    group += fmt::format(" {}{}@{}", one.id.value, one.voter ? "" : " (learns)", one.admission);
  return group;
}

void Judge::observe(Member& member) {
  const node::Registrar* registrar = member.registrar();
  if (registrar == nullptr || scene_.failed()) return;
  const raft::Status& status = registrar->status();
  const std::uint64_t lineage = registrar->lineage().id;
  if (status.role == raft::Role::leader) {
    const std::pair<NodeId, std::uint64_t> self{member.identity.self, member.identity.incarnation};
    const auto [found, first] = leaders_.emplace(std::pair{lineage, status.term}, self);
    if (first) {
      ++counts["elections won"];
      scene_.tell("{} leads in term {} of log {:x}", member.identity.name, status.term, lineage);
    }
    // One that is alone does not sync its terms: with the power it may lose one that nobody else has heard of.
    if (found->second.first == self.first && registrar->alone()) found->second = self;
    if (found->second != self)
      scene_.fail("one leader per term", "nodes {} and {} lead in term {}", found->second.first.value,
                  member.identity.self.value, status.term);
  }
  if (status.configuration != member.seen_group) {
    member.seen_group = status.configuration;
    scene_.tell("{} is in the group of{}", member.identity.name, tell_group(status.configuration));
  }
  const broker::Catalog& catalog = member.machine->catalog();
  // A ram node's own file, and what another log had, count for nothing until the leader has spoken.
  if (status.applied == 0 || member.seen_revision == catalog.revision()) return;
  member.seen_revision = catalog.revision();
  member.seen_lineage = lineage;
  scene_.tell("{} is at revision {}, has applied {}, log to {}", member.identity.name, catalog.revision().value,
              status.applied, status.last.index);
  const std::string whole = broker::catalog_snapshot(catalog);
  const Seen seen{whole, member.identity.name, registrar->alone()};
  const auto [found, first] = catalogs_.emplace(std::pair{lineage, catalog.revision().value}, seen);
  found->second.alone &= seen.alone && seen.by == found->second.by;
  if (found->second.whole == whole) return;
  scene_.tell("{}", difference(found->second.whole, whole));
  scene_.fail("equal catalogs at equal revisions", "{} and {} differ at revision {}", found->second.by,
              member.identity.name, catalog.revision().value);
}

void Judge::voted(const raft::Head& by, NodeId candidate) {
  const auto [found, first] = votes_.emplace(std::tuple{by.lineage, by.term, by.from, by.admission}, candidate);
  if (found->second != candidate)
    scene_.fail("one vote per term", "node {} votes for {} and {} in term {}", by.from.value, found->second.value,
                candidate.value, by.term);
}

void Judge::forgot(const Member& member) {
  const Revision kept = member.machine->catalog().revision();
  std::erase_if(catalogs_, [&](const auto& entry) {
    const auto& [at, seen] = entry;
    return seen.alone && seen.by == member.identity.name && at.second > kept.value;
  });
}

void Judge::disc_was_needed(const Member& by, Micros disc_seen_at) {
  // Who slept could not know.
  const Micros since = std::max({disc_seen_at, by.thawed_at, by.started_at});
  if (scene_.now > since + kDiscSlack)
    scene_.fail("definitions need a live disc node", "{} grants one {} ms after the last one was there",
                by.identity.name, (scene_.now - since) / kMilli);
}

void Judge::granted(std::size_t number, bool removal, const Member& by, Micros disc_seen_at) {
  Thing& thing = things_[number];
  const std::uint64_t lineage = by.registrar()->lineage().id;
  ++counts["definitions granted"];
  scene_.tell("{} grants {} {}", by.identity.name, removal ? "the end of" : "", thing.name);
  disc_was_needed(by, disc_seen_at);
  const bool stands = holds(by.machine->catalog(), thing);
  if (removal) {
    thing.deleted = Wish::granted;
    thing.deleted_in = lineage;
  } else {
    thing.made = Wish::granted;
    thing.made_in = lineage;
  }
  const bool of_node = thing.what == What::queue && (thing.transient || leaving_.contains(thing.owner));
  const bool steady = thing.deleted == Wish::none && !of_node;
  if ((removal && stands) || (!removal && steady && !stands))
    scene_.fail("what is granted is done", "{} has granted {}{} and it is not so", by.identity.name,
                removal ? "the end of " : "", thing.name);
}

bool Judge::holds(const broker::Catalog& catalog, const Thing& thing) {
  const broker::VhostDefinition* home = catalog.find_vhost("/");
  switch (thing.what) {
    case What::vhost: return catalog.find_vhost(thing.name) != nullptr;
    case What::user: return catalog.find_user(thing.name) != nullptr;
    case What::exchange: return home != nullptr && catalog.find_exchange(home->id, thing.name) != nullptr;
    case What::queue: return home != nullptr && catalog.find_queue(home->id, thing.name) != nullptr;
  }
  return false;
}

// Of two sides that both went on one gives in, with all that it has granted since.
bool Judge::given_up(std::uint64_t lineage, const node::Lineage& last) const {
  return lineage != last.id && std::ranges::find(last.ancestors, lineage) == last.ancestors.end();
}

void Judge::definitions_stand(const Member& any) {
  const broker::Catalog& catalog = any.machine->catalog();
  const node::Lineage& last = any.registrar()->lineage();
  for (std::size_t number = 0; number < things_.size(); ++number) {
    const Thing& thing = things_[number];
    const bool stands = holds(catalog, thing);
    const bool gone_with_node = thing.what == What::queue && (thing.transient || leaving_.contains(thing.owner));
    if (!stands && thing.made == Wish::granted && thing.deleted == Wish::none && !gone_with_node) {
      if (!given_up(thing.made_in, last)) scene_.fail("a granted definition is not lost", "{} is gone", thing.name);
      lost_queues_.insert(number);
      ++counts["definitions given up after a split"];
    }
    // Who asked again may have made it anew, when the answer to the first was a refusal.
    if (stands && thing.deleted == Wish::granted && !given_up(thing.deleted_in, last))
      scene_.fail("what was deleted stays away", "{} is there again", thing.name);
    if (!stands) lost_queues_.insert(number);
  }
}

void Judge::messages_stand() {
  for (std::size_t number = 0; number < publishes_.size(); ++number) {
    const Publish& publish = publishes_[number];
    if (!publish.confirmed || publish.settled || publish.seen || lost_queues_.contains(publish.queue)) continue;
    if (publish.forgiven) continue;
    scene_.fail("a confirmed message is not lost", "message {} of {} is gone", number, things_[publish.queue].name);
  }
}

}  // namespace warren::sim::cluster
