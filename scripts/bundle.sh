#!/bin/sh
# Bundles what tsc has compiled, for the package: each entry, and what they share in chunks; and the
# page of the inspector, which is compiled here.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/node_modules/.bin:$PATH"

# The last is made below, and would make the bundle larger.
rm -rf dist/bundle dist/inspector-page dist/node_modules
esbuild \
  dist/supervisor/main.js dist/supervisor/index.js dist/supervisor/inspector/index.js \
  dist/machines/supervision/index.js dist/transport/client.js \
  dist/engine/worker.js dist/engine/job-worker.js dist/engine/solo.js \
  --bundle --splitting --platform=node --target=node20 --format=esm \
  --minify-syntax --minify-whitespace --outbase=dist --outdir=dist/bundle \
  '--chunk-names=chunks/[name]-[hash]' --sourcemap --log-level=warning \
  '--banner:js=import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);'

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
few_files typebox index=typebox compile=typebox/compile schema=typebox/schema
few_files culori fn=culori/fn
