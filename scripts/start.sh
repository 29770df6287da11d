#!/bin/sh
# `npm start`: builds what is not built, and runs the daemon in the foreground in place of this shell.
set -eu
cd "$(dirname "$0")/.."
sh scripts/build.sh
echo 'goxel-supervisor: starting …' >&2
exec node --enable-source-maps dist/bundle/supervisor/main.js run "$@"
