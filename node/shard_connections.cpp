// How many connections vhosts with a limit have, told between shards and, by the registrar, between nodes. What is told
// is a little old: a limit may be passed by those that come at once. And connections that are closed for what the
// catalog says.
#include <utility>

#include "node/cluster/state/tally.hpp"
#include "node/shard.hpp"

namespace warren::node {

using broker::session::VhostCounts;

void Shard::count_connections() {
  const bool limits_may_differ = std::exchange(counted_at_, catalog_.revision()) != catalog_.revision();
  if (!connections_.take_changed() && !limits_may_differ) return;
  VhostCounts counts;
  catalog_.for_each_vhost([&](const broker::VhostDefinition& vhost) {
    const std::uint32_t here = connections_.here(vhost.id);
    if (vhost.limits.connections && here > 0 && counts.size() < kCountedVhostsMax)
      add_counts(counts, {{vhost.id, here}});
  });
  if (std::exchange(counted_[settings_.shard], counts) == counts) return;
  if (settings_.shard == kRegistrarShard)
    share_connections();
  else
    post_office_.tell_connections(kRegistrarShard, std::move(counts));
}

void Shard::hear_connections(ShardIndex from, VhostCounts counts) {
  if (settings_.shard != kRegistrarShard) return connections_.set_elsewhere(counts);
  counted_[from] = std::move(counts);
  share_connections();
}

void Shard::share_connections() {
  VhostCounts all;
  for (const VhostCounts& of_shard : counted_) add_counts(all, of_shard);
  if (registrar_) registrar_->tell_connections(all);
  add_counts(all, counted_elsewhere_);
  for (ShardIndex to = 0; to < counted_.size(); ++to) {
    VhostCounts elsewhere = all;
    subtract_counts(elsewhere, counted_[to]);
    if (to == settings_.shard)
      connections_.set_elsewhere(elsewhere);
    else
      post_office_.tell_connections(to, std::move(elsewhere));
  }
}

void Shard::close_sessions(std::string_view reason) {
  each_session([&](Session& session) { session.force_close(reason, context_); });
}

void Shard::close_sessions_of(VhostId vhost, std::string_view reason) {
  sessions_.for_each([&](SessionId id, std::unique_ptr<Seat>& seat) {
    if (seat->session.core().vhost != vhost) return;
    touch(id, *seat);
    seat->session.force_close(reason, context_);
  });
}

void Shard::close_sessions_of(std::string_view user, std::string_view reason) {
  sessions_.for_each([&](SessionId id, std::unique_ptr<Seat>& seat) {
    if (seat->session.core().user != user) return;
    touch(id, *seat);
    seat->session.force_close(reason, context_);
  });
}

}  // namespace warren::node
