#!/usr/bin/env bash
# What a newcomer does, in a fresh clone: install, start, edit a model, save, export, stop. Everything
# is as it comes: the default socket, no configuration. Prints what is wrong and exits with 1.
set -euo pipefail

source=$(cd "$(dirname "$0")/.." && pwd)
socket=/tmp/goxel.sock
start_timeout_s=120
stop_timeout_s=30

work=$(mktemp -d)
daemon=
clean_up() {
  # npm passes the signal on; the daemon is the leader of nothing else.
  if [ -n "$daemon" ]; then kill -KILL -- "-$daemon" 2> /dev/null || true; fi
  rm -rf "$work"
}
trap clean_up EXIT

fail() {
  echo "smoke: $1" >&2
  if [ -s "$work/log" ]; then sed 's/^/smoke: | /' "$work/log" >&2; fi
  exit 1
}

# expect WHAT PATTERN TEXT
expect() {
  grep -qE -- "$2" <<< "$3" || fail "$1: expected $2 in: $3"
}

call() {
  node "$program" call "$@" || fail "call $* failed"
}

export HOME="$work/home"
mkdir "$HOME"
git clone --quiet "$source" "$work/clone"
cd "$work/clone"
npm ci --no-audit --no-fund > "$work/log" 2>&1 < /dev/null || fail "npm ci failed"
program=$(node -p 'require("./package.json").bin["goxel-supervisor"]')

# A socket that is left of a killed daemon is no hindrance.
answers() { node "$program" call ping > /dev/null 2>&1; }
! answers || fail "a daemon answers on $socket: the test needs to be the only one"
# A process group of its own, so that nothing can be left behind.
set -m
npm start > "$work/log" 2>&1 < /dev/null &
daemon=$!
set +m
for ((tries = start_timeout_s * 10; tries > 0; tries--)); do
  ! answers || break
  kill -0 "$daemon" 2> /dev/null || fail "npm start ended"
  sleep 0.1
done
answers || fail "no answer after $start_timeout_s s"
expect "the socket's mode" '^600$' "$(stat -c %a "$socket")"

models=test/fixtures/models/axes
call goxel.load_project "[\"$PWD/$models/axes.gox\"]" > /dev/null
call goxel.export_model "[\"$PWD/first.txt\"]" > /dev/null
voxels() { grep -v '^#' "$1" | sort; }
cmp <(voxels first.txt) <(voxels "$models/gui/axes.txt") || fail "the export differs from Goxel's own"
expect "a voxel before the edit" '"exists": *false' "$(call goxel.get_voxel '[100,101,102]')"
call goxel.add_voxel '[100,101,102,12,200,90,255]' > /dev/null
expect "the voxel" '12,200,90,255' "$(call goxel.get_voxel '[100,101,102]' | tr -d '\n ')"
call goxel.save_project "[\"$PWD/smoke.gox\"]" > /dev/null
call goxel.export_model "[\"$PWD/edited.txt\"]" > /dev/null
expect "the edit, exported" '^> 100 101 102 0cc85a$' "$(diff <(voxels first.txt) <(voxels edited.txt))"

call goxel.create_project '{"name":"empty"}' > /dev/null
expect "a new project" '"exists": *false' "$(call goxel.get_voxel '[100,101,102]')"
call goxel.load_project "[\"$PWD/smoke.gox\"]" > /dev/null
call goxel.export_model "[\"$PWD/again.txt\"]" > /dev/null
cmp edited.txt again.txt || fail "saving and loading changed the model"
expect "the tree" 'engine' "$(node "$program" tree)"

kill -TERM "$daemon"
for ((tries = stop_timeout_s * 10; tries > 0; tries--)); do
  kill -0 "$daemon" 2> /dev/null || break
  sleep 0.1
done
if kill -0 "$daemon" 2> /dev/null; then fail "still running $stop_timeout_s s after SIGTERM"; fi
code=0
wait "$daemon" || code=$?
[ "$code" -eq 0 ] || fail "npm start exited with $code after SIGTERM"
if kill -0 -- "-$daemon" 2> /dev/null; then fail "processes are left after SIGTERM"; fi
daemon=
[ ! -e "$socket" ] || fail "$socket is left after SIGTERM"

# What other routes than a checkout give: from git, and a package without what may be left out.
install() {
  local project=$work/$1
  local program=$project/node_modules/.bin/goxel-supervisor
  mkdir "$project"
  echo '{"private": true}' > "$project/package.json"
  npm install --prefix "$project" --no-audit --no-fund "${@:2}" > "$work/log" 2>&1 < /dev/null ||
    fail "installing $1 failed"
  "$program" --version | grep -q '^goxel-supervisor ' || fail "$1: no command"
  "$program" convert "$models/axes.gox" "$work/$1.txt" || fail "$1: convert failed"
  cmp <(voxels "$work/$1.txt") <(voxels "$models/gui/axes.txt") || fail "$1: convert differs"
}
install from-git "git+file://$work/clone"
npm pack --silent --ignore-scripts --pack-destination "$work" > /dev/null || fail "npm pack failed"
install from-package --omit=dev --omit=optional "$work"/goxel-supervisor-*.tgz
[ -z "$(find "$work/from-package" -type d -name koffi)" ] || fail "koffi is there all the same"
echo "smoke: ok"
