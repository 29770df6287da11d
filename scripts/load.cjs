/**
 * Runs a bundle that lies beside this file with the code that V8 made of it when it was built, so
 * that nothing is compiled at a start: half of the time that a thread takes to begin. V8 refuses
 * code that another version of it made, and compiles then as ever.
 */

const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');
const vm = require('node:vm');

/**
 * What a bundle exports.
 *
 * @param name of the bundle, relative to this file, which is a function in parentheses; its code is
 * in the file of this name and `.cache`, and must be of this very bundle: V8 compares nothing but
 * the length
 */
exports.load = (name) => {
  const file = join(__dirname, name);
  // It is ASCII, which is read without looking at each byte, and kept as it was read.
  const source = readFileSync(file, 'latin1');
  const module = { exports: {} };
  functionOf(source, file)(module.exports, Module.createRequire(file), module, file);
  return module.exports;
};

function functionOf(source, file) {
  if (process.execArgv.includes('--enable-source-maps')) {
    // Traces of stacks are to name the sources, which Node has only of what it compiles itself.
    const own = new Module(file);
    own._compile(`module.exports = ${source}`, file);
    return own.exports;
  }
  return new vm.Script(source, { filename: file, cachedData: codeOf(file) }).runInThisContext();
}

function codeOf(file) {
  try {
    return readFileSync(`${file}.cache`);
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
