#!/bin/sh
# Builds where a source is newer than what was built of it; called by `npm start` and by `npm install`
# (`prepare`). It says what it does, since that takes a while, and what to do where it cannot.
#
#   sh scripts/build.sh               for a start: without a build it fails
#   sh scripts/build.sh --optional    for an install: without a compiler it only says so
set -eu
cd "$(dirname "$0")/.."
main=dist/bundle/supervisor/main.js
rooms='actors conf engine machines supervisor transport'

if [ -e "$main" ]; then
  # shellcheck disable=SC2086 # a list of names
  newer=$(find $rooms package.json tsconfig.json -newer "$main" -print -quit)
  [ -n "$newer" ] || exit 0
fi

if [ -x node_modules/.bin/tsc ] && [ -x node_modules/.bin/esbuild ]; then
  echo 'goxel-supervisor: building, which takes some 10 s …' >&2
  exec npm run --silent build
fi

[ ! -e "$main" ] || exit 0
cat >&2 << 'EOF'
goxel-supervisor: not built, and the compiler is not installed (NODE_ENV=production leaves it out).
Either install it too:             npm ci --include=dev
or install the built package:      npm pack     (where it can be built)
                                   npm install --global goxel-supervisor-*.tgz
EOF
[ "${1:-}" = --optional ] || exit 69
