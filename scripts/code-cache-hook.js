/**
 * For `node --import`, by `code-cache.js`: writes down the code that V8 made of the bundles that
 * `load.cjs` runs, once the first requests were answered or a command has ended, whose functions are
 * to be among it. Each thread has this too; the first is taken.
 */

import { existsSync, linkSync, unlinkSync, writeFileSync } from 'node:fs';
import vm from 'node:vm';
import { threadId } from 'node:worker_threads';

const POLL_MS = 20;

vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    if (!options?.filename?.endsWith('.cjs')) return;
    const file = `${options.filename}.cache`;
    if (process.env.GOXEL_CODE_CACHE_WHEN === 'exit') {
      // A command, which has done its work then.
      process.once('exit', () => keep(file, this.createCachedData()));
      return;
    }
    const timer = setInterval(() => {
      if (!existsSync(process.env.GOXEL_CODE_CACHE_WHEN)) return;
      clearInterval(timer);
      keep(file, this.createCachedData());
    }, POLL_MS);
    timer.unref();
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
