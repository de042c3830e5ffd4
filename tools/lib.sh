# Shared by the scripts here; sourced, not run. Sets ROOT, the top of the tree.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# One clear sentence, and the end.
die() {
  echo "$(basename "$0"): $1" >&2
  exit "${2:-1}"
}

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# Installs those of the named Debian packages that are missing. Quick when none is.
ensure_packages() {
  local package missing=() as_root=() log
  command -v dpkg-query >/dev/null || die "this is not Debian: install by hand what these packages hold: $*" 69
  for package in "$@"; do installed "$package" || missing+=("$package"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    as_root=(sudo -n)
    sudo -n true 2>/dev/null ||
      die "missing packages: ${missing[*]}; install them as root with: apt-get install ${missing[*]}" 69
  fi
  echo "installing ${missing[*]}" >&2
  log=$(mktemp)
  if ! { "${as_root[@]}" apt-get -qq update &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${missing[@]}"; } \
    </dev/null >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    die "apt-get cannot install ${missing[*]}; its last lines stand above, all of them in $log" 69
  fi
  rm -f "$log"
}

BUILD_PACKAGES=(g++ meson ninja-build pkg-config libboost1.81-dev libboost-json1.81-dev liblmdb-dev libfmt-dev
  doctest-dev libssl-dev ccache)
