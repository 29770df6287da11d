/**
 * Runs a bundle that lies beside this file with the code that V8 made of it when it was built, so
 * that nothing is compiled at a start: half of the time that a thread takes to begin. V8 refuses
 * code that another version of it made, and compiles then as ever.
 */

const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const vm = require('node:vm');

/**
 * What a bundle exports.
 *
 * @param name of the bundle, relative to this file; its code is in the file of this name and
 * `.cache`, and must be of this very bundle: V8 compares nothing but the length
 */
exports.load = (name) => {
  const file = join(__dirname, name);
  const own = createRequire(file);
  // Then traces of stacks are to name the sources, which Node has only of what it loads itself.
  if (process.execArgv.includes('--enable-source-maps')) return own(file);
  // It is ASCII, which is read without looking at each byte and kept as one byte a character.
  const source = readFileSync(file, 'latin1');
  const script = new vm.Script(`(function(exports,require,module,__filename){${source}\n})`, {
    filename: file,
    cachedData: codeOf(file),
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, own, module, file);
  return module.exports;
};

function codeOf(file) {
  try {
    return readFileSync(`${file}.cache`);
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
