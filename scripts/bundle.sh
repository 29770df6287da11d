#!/bin/sh
# Bundles what tsc has compiled, for the package; and the page of the inspector, which is compiled
# here.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/node_modules/.bin:$PATH"

# The last is made below, and would make the bundle larger.
rm -rf dist/bundle dist/inspector-page dist/node_modules
# Of these modules of rxjs what nobody uses is left out, which cannot be of those for Node.
rxjs=--alias:rxjs=./node_modules/rxjs/dist/esm/index.js
flags="--bundle $rxjs --platform=node --target=node20 --minify-syntax --minify-whitespace --sourcemap --log-level=warning --charset=ascii"
# Looking for the native half of this package takes longer than its use would save.
quiet='--define:process.env.MSGPACKR_NATIVE_ACCELERATION_DISABLED="true"'
# What others import.
# shellcheck disable=SC2086 # a list of flags
esbuild $flags "$quiet" --splitting --format=esm --outbase=dist --outdir=dist/bundle \
  dist/supervisor/inspector/index.js dist/machines/supervision/index.js dist/transport/client.js \
  '--chunk-names=chunks/[name]-[hash]' \
  '--banner:js=import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);'

# What a start waits for is loaded by `load.cjs`, with what V8 made of it: the daemon and the commands,
# and the threads. Each entry is a file that loads its part. What has code of V8's can only require;
# and what a process or a thread begins with is CommonJS, since Node begins modules later.
cp scripts/load.cjs dist/bundle/
for room in supervisor engine; do
  mkdir -p "dist/bundle/$room"
  echo '{"type":"commonjs"}' > "dist/bundle/$room/package.json"
done
echo '{"type":"module"}' > dist/bundle/supervisor/inspector/package.json
plain='--format=cjs --supported:dynamic-import=false'
# shellcheck disable=SC2086 # lists of flags
esbuild $flags $plain --external:./cli/main.js --external:./cli/converting.js --outfile=dist/bundle/supervisor/main.js dist/supervisor/main.js
# entries FILE NAME=ENTRY…: writes the files that load the parts of a bundle.
entries() {
  file=$1
  shift
  # It is read as that.
  if LC_ALL=C grep -q "$(printf '[\200-\377]')" "dist/bundle/$file"; then
    echo "$file is not ASCII; write what is not as an escape" >&2
    exit 1
  fi
  for part; do
    node scripts/entry.js "$file" "$part"
  done
}
# loaded FILE NAME=ENTRY…
loaded() {
  node scripts/bundle-lazy.js "$@"
  entries "$@"
}
loaded supervisor/daemon.cjs command=supervisor/cli/main library=supervisor/index
loaded engine/threads.cjs engine=engine/worker job=engine/job-worker
# What converts one small file waits for nothing that it does not need, and reads no YAML.
echo "export { Compile } from 'typebox/schema';" |
  # shellcheck disable=SC2086 # lists of flags
  esbuild $flags $plain --outfile=dist/bundle/supervisor/typebox.cjs
loaded supervisor/converting.cjs command=supervisor/cli/converting solo=engine/solo
node scripts/code-cache.js

# Decoders of compressed meshes, which a reader loads when a file needs them: `decoder-room.ts`.
decoders=dist/bundle/engine/decoders
mkdir -p "$decoders/draco3d" "$decoders/meshoptimizer"
cp node_modules/draco3d/draco_decoder_nodejs.js node_modules/draco3d/draco_decoder.wasm "$decoders/draco3d/"
cp node_modules/meshoptimizer/meshopt_decoder.cjs "$decoders/meshoptimizer/decoder.cjs"

# @xstate/inspect, by which the page receives, wants xstate 4.
page=supervisor/inspector/page
esbuild "page=$page/main.tsx" "style=$page/style.css" --bundle --alias:xstate=xstate4 --platform=browser --target=es2022 \
  --format=esm --minify --outdir=dist/inspector-page --log-level=warning \
  --jsx=automatic --jsx-import-source=preact '--define:process.env.NODE_ENV="production"'
cp "$page/index.html" dist/inspector-page/
# Lays out charts, in a thread of its own.
cp node_modules/elkjs/lib/elk-worker.min.js dist/inspector-page/
cp node_modules/elkjs/LICENSE.md dist/inspector-page/elk-LICENSE.md

# For the tests: packages of hundreds of files as few, which what lies in dist finds before those of
# node_modules. Each test is a process, and its threads load for themselves too: a second of each
# went into opening these. What the tests import of them by another name is to be added here.
# few_files PACKAGE NAME=IMPORT…
few_files() {
  package=dist/node_modules/$1
  shift
  esbuild "$@" --bundle --splitting --platform=node --target=node20 --format=esm \
    "--outdir=$package" --log-level=warning
  echo '{"type":"module","exports":{".":"./index.js","./*":"./*.js"}}' > "$package/package.json"
}
few_files typebox index=typebox schema=typebox/schema
few_files culori fn=culori/fn
