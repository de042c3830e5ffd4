#!/bin/sh
# Builds warren-sim once per planted bug (base/plant.hpp) and shows that each is found. Fails if one is not.
# Usage: tests/sim/find_plants.sh [SEEDS]; the builds stay in build/plant-N.
set -eu
cd "$(dirname "$0")/../.."
seeds=${1:-2000}
missed=0
for plant in 1 2 3 4 5 6 7 8 9 10 11 12 13; do
  dir=build/plant-$plant
  [ -d "$dir" ] || CXX="ccache ${CXX:-g++}" meson setup "$dir" --buildtype=release -Dplant=$plant >/dev/null
  ninja -C "$dir" -j"${JOBS:-1}" warren-sim >/dev/null
  found=$("$dir/warren-sim" --seeds "$seeds" 2>&1 | grep -m1 -e '^seed ' -e 'broken invariant' || true)
  if [ -n "$found" ]; then
    printf 'plant %s  %s\n' "$plant" "$found"
  else
    printf 'plant %s  NOT FOUND in %s seeds\n' "$plant" "$seeds"
    missed=1
  fi
done
exit $missed
