#!/bin/sh
# Builds raft-sim once per planted bug of the group that agrees (base/plant.hpp) and shows that each is found. Fails if one
# is not. Usage: tests/cluster/raft/sim/find_plants.sh [SEEDS]; the builds stay in build/plant-N.
set -eu
cd "$(dirname "$0")/../../../.."
seeds=${1:-6000}
missed=0
for plant in 100 101 102 103 104 105 106 107 108; do
  dir=build/plant-$plant
  [ -d "$dir" ] || CXX="ccache ${CXX:-g++}" meson setup "$dir" --buildtype=release -Dplant=$plant >/dev/null
  ninja -C "$dir" -j"${JOBS:-1}" tests/cluster/raft/sim/raft-sim >/dev/null
  found=$("$dir/tests/cluster/raft/sim/raft-sim" --seeds "$seeds" 2>&1 | grep -m1 -E '^seed |invariant' || true)
  if [ -n "$found" ]; then
    printf 'plant %s  %s\n' "$plant" "$found"
  else
    printf 'plant %s  NOT FOUND in %s seeds\n' "$plant" "$seeds"
    missed=1
  fi
done
exit $missed
