/**
 * For `node --import`, by `code-cache.js`: writes down the code that V8 made of the bundles that
 * `load.cjs` runs, when they have run for a moment. Each thread has this too; the first is taken.
 */

import { existsSync, linkSync, unlinkSync, writeFileSync } from 'node:fs';
import vm from 'node:vm';
import { threadId } from 'node:worker_threads';

/** By then the first requests were answered, whose functions are to be among it. */
const AFTER_MS = 1500;

vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    if (!options?.filename?.endsWith('.cjs')) return;
    setTimeout(() => keep(`${options.filename}.cache`, this.createCachedData()), AFTER_MS);
  }
};

function keep(file, code) {
  if (existsSync(file)) return;
  const own = `${file}.${threadId}`;
  writeFileSync(own, code);
  try {
    linkSync(own, file);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  unlinkSync(own);
}
