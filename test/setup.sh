#!/usr/bin/env bash
# Installs the Debian packages that tests need, where they are missing and we may. Exits with 1 where
# CI=true and they cannot be had; elsewhere it says so: the interop tests will fail then, and those
# that need a tool are skipped.
set -euo pipefail

missing=()
# need PROGRAM PACKAGE…
need() {
  command -v "$1" > /dev/null || missing+=("${@:2}")
}
# Real Goxel, on a display of its own.
need goxel goxel
need xvfb-run xvfb xauth
# The shells that are completed, and the tools that judge the manual page and the units.
need zsh zsh
need fish fish
need mandoc mandoc
need man man-db
need systemd-analyze systemd
need strace strace
# A browser for the page of the inspector, the judge of rules and dashboards, a terminal.
need chromium chromium fonts-dejavu-core
need promtool prometheus
need tmux tmux
[ ${#missing[@]} -gt 0 ] || exit 0

give_up() {
  echo "test/setup.sh: $1; tests need: ${missing[*]}" >&2
  if [ "${CI:-}" = true ]; then exit 1; fi
  exit 0
}

command -v apt-get > /dev/null || give_up "there is no apt-get here"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  sudo -n true 2> /dev/null || give_up "installing packages takes root, or sudo without a password"
  as_root=(sudo -n)
fi

echo "installing ${missing[*]}" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
  "${as_root[@]}" apt-get -q update &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get -q install -y --no-install-recommends "${missing[@]}"
}
if ! install > "$log" 2>&1 < /dev/null; then
  cat "$log" >&2
  give_up "apt-get failed"
fi
