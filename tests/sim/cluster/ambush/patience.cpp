// Who asks for a change of definitions is answered in time.
#include "tests/sim/cluster/world.hpp"

namespace warren::sim::cluster {
namespace {

constexpr Micros kLookEach = 100 * kMilli;
// A node gives its group ten seconds.
constexpr Micros kPatience = 10'500 * kMilli;
// Where definitions cannot change nobody waits for them; it is looked at every now and then.
constexpr Micros kRefusedWithin = 400 * kMilli;

}  // namespace

void World::happen(Member&, Look& what) {
  later(kLookEach, 0, what);
  for (const auto& member : members_) {
    const bool objects = member->up() && member->registrar()->objection().has_value();
    if (!objects)
      member->objects_since = -1;
    else if (member->objects_since < 0)
      member->objects_since = scene_.now;
  }
  for (const auto& [by, asked] : asked_) {
    const Member& member = *members_[by.first];
    if (!member.up() || member.frozen(scene_.now)) continue;
    const Micros since = std::max(asked.at, member.thawed_at);
    if (scene_.now > since + kPatience)
      return scene_.fail("who asks is answered in time", "{} owes an answer for {} ms", member.identity.name,
                         (scene_.now - since) / kMilli);
    const bool hopeless =
        member.objects_since >= 0 && scene_.now > std::max(since, member.objects_since) + kRefusedWithin;
    if (hopeless)
      return scene_.fail("what cannot be done is refused at once", "{} lets somebody wait", member.identity.name);
  }
  for (const auto& guest : guests_) {
    const Member& home = *members_[guest->at()];
    if (!guest->declares_since() || home.frozen(scene_.now)) continue;
    if (scene_.now > std::max(*guest->declares_since(), home.thawed_at) + kPatience)
      return scene_.fail("who asks is answered in time", "{}", guest->whereabouts());
  }
}

// All is well again: nobody waits for long.
void World::answer_all() {
  constexpr Micros kAnsweredWithin = 3 * kSecond;
  const auto owed = [this] {
    for (const auto& [by, asked] : asked_) {
      const Member& member = *members_[by.first];
      const bool belongs = leader() != nullptr && leader()->machine->catalog().node(member.identity.self) != nullptr;
      if (member.up() && belongs && !member.leaving) return &member;
    }
    return static_cast<const Member*>(nullptr);
  };
  const Micros until = scene_.now + kAnsweredWithin;
  while (owed() != nullptr && scene_.now < until && !scene_.failed()) run_until(scene_.now + kLookEach);
  if (const Member* member = owed())
    scene_.fail("a healed cluster answers", "{} still owes an answer", member->identity.name);
}

}  // namespace warren::sim::cluster
