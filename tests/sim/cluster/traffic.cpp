// What goes from node to node: control messages, which may get lost, and mail, which is lost as a whole or not at all.
#include "node/wire/mail.hpp"
#include "tests/sim/cluster/world.hpp"

namespace warren::sim::cluster {
namespace {

constexpr Micros kConnectAgain = 20 * kMilli;

}  // namespace

bool World::acquainted(const Member& a, const Member& b) const {
  return a.peers.contains(b.identity.self) && b.peers.contains(a.identity.self);
}

void World::send_control(Member& from, NodeId to, std::string bytes) {
  Member* receiver = running(to);
  if (receiver == nullptr || !acquainted(from, *receiver) || !network_.reaches(from.place, receiver->place)) return;
  if (network_.loses()) return;
  overhear(from, *receiver, bytes);
  const Micros at = network_.arrival(from.place, receiver->place, scene_.now);
  later(at - scene_.now, receiver->place,
        Control{from.place, receiver->identity.incarnation, from.identity.self, std::move(bytes)});
}

void World::happen(Member& member, Control& what) {
  Member& from = *members_[what.from];
  const bool arrives = member.up() && member.identity.incarnation == what.to_process &&
                       network_.reaches(what.from, member.place) && member.peers.contains(what.sender);
  if (!arrives) return;
  if (from.up() && network_.linked(what.from, member.place)) meet(from, member);
  feed(member, node::PeerControl{what.sender, std::move(what.bytes)});
}

// ---- mail ----

void World::send_mail(Member& from, node::NodePost& post) {
  if (!from.peers.contains(post.node)) return;
  for (const auto& member : members_) {
    if (member->identity.self != post.node) continue;
    std::string bytes;
    node::encode(post.batch, bytes);
    network_.mail(from.place, member->place).frames.push_back(std::move(bytes));
    return move_mail(from, member->place, network_.mail_pace(from.place, member->place));
  }
}

void World::move_mail(Member& from, Place to, Micros delay) {
  MailWay& way = network_.mail(from.place, to);
  if (std::exchange(way.moving, true)) return;
  later(delay, to, MoveMail{from.place});
}

void World::happen(Member& member, MoveMail& what) {
  Member& from = *members_[what.from];
  MailWay& way = network_.mail(what.from, member.place);
  way.moving = false;
  if (!from.up() || way.frames.empty()) return;
  const bool open = member.up() && acquainted(from, member) && network_.linked(what.from, member.place);
  // What gives up a stream is heard of before anything of the next one.
  const bool loses = mix_ == Mix::mirrors && losing_.contains({member.place, what.from});
  if (!open || loses) return move_mail(from, member.place, kConnectAgain);
  meet(from, member);
  if (way.frames.empty()) return;
  const std::string bytes = std::move(way.frames.front());
  way.frames.pop_front();
  if (!way.frames.empty()) move_mail(from, member.place, network_.mail_pace(what.from, member.place));
  node::MailBatch batch;
  if (!node::decode(bytes, batch)) return scene_.fail("nodes understand each other", "mail cannot be read");
  ++judge_.counts["batches of mail between nodes"];
  scene_.tell("mail {} -> {}: {} for queues, {} for sessions, seen {}", from.identity.name, member.identity.name,
              batch.queue_mail.size(), batch.session_mail.size(), batch.seen.value);
  feed(member, node::PeerMail{from.identity.self, std::move(batch)});
}

void World::meet(Member& a, Member& b) {
  const auto [first, second] = network_.meet(a, b);
  if (first) scene_.tell("{} has lost its mail with {}", a.identity.name, b.identity.name);
  if (second) scene_.tell("{} has lost its mail with {}", b.identity.name, a.identity.name);
  if (first) feed(a, node::PeerLost{b.identity.self});
  if (second) feed(b, node::PeerLost{a.identity.self});
}

// What is under way in both directions is given up. The other side learns of it when the two can speak.
void World::reset_mail(Member& member, NodeId with) {
  for (const auto& other : members_) {
    if (other->identity.self != with || other->place == member.place) continue;
    MailWay& way = network_.mail(member.place, other->place);
    const bool anything = way.peer_incarnation != 0 || !way.frames.empty();
    way.drop();
    if (!anything) continue;
    losing_.insert({member.place, other->place});
    later(0, member.place, Lost{other->place, with, member.identity.incarnation});
  }
}

void World::happen(Member& member, Lost& what) {
  losing_.erase({member.place, what.with});
  if (!member.up() || member.identity.incarnation != what.process) return;
  scene_.tell("{} gives up its mail with {}", member.identity.name, what.node.value);
  feed(member, node::PeerLost{what.node});
}

}  // namespace warren::sim::cluster
