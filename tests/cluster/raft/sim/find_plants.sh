#!/bin/sh
# Builds raft-sim with the planted bugs of the group that agrees (base/plant.hpp) and shows that each is found. Fails if
# one is not. Usage: tests/cluster/raft/sim/find_plants.sh [SEEDS]; the build stays in build/plants.
set -eu
cd "$(dirname "$0")/../../../.."
seeds=${1:-6000}
dir=build/plants
sim=$dir/tests/cluster/raft/sim/raft-sim
[ -d "$dir" ] || CXX="ccache ${CXX:-g++}" meson setup "$dir" --buildtype=release -Dplant=1 >/dev/null
ninja -C "$dir" -j"${JOBS:-1}" tests/cluster/raft/sim/raft-sim >/dev/null
missed=0
for plant in 100 101 102 103 104 105 106 107 108; do
  found=$("$sim" --plant "$plant" --seeds "$seeds" 2>&1 | grep -m1 -E '^seed |invariant' || true)
  if [ -n "$found" ]; then
    printf 'plant %s  %s\n' "$plant" "$found"
  else
    printf 'plant %s  NOT FOUND in %s seeds\n' "$plant" "$seeds"
    missed=1
  fi
done
exit $missed
