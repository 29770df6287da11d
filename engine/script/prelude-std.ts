/**
 * The part of the prelude (see `prelude.ts`) for output: `console`, `print`, and the harmless part
 * of QuickJS' module `std`. There are no files but those the host takes and the one that is to be
 * imported, no environment and no process.
 */

export const PRELUDE_STD = String.raw`
// What std.printf has written since the last line break.
let line = '';

function endLine() {
  if (line === '') return;
  const text = line;
  line = '';
  raw.log(text);
}

function log(...values) {
  endLine();
  let text = '';
  for (let i = 0; i < values.length; i++) text += (i === 0 ? '' : ' ') + show(values[i]);
  raw.log(text);
}

function puts(text) {
  const lines = (line + text).split('\n');
  line = lines.pop();
  for (const whole of lines) raw.log(whole);
}

/** C's formats without %n, %p and *: flags, width, precision, and d i u x X o e f g s c %. */
function sprintf(format, ...values) {
  let next = 0;
  const pattern = /%([-+ 0#]*)(\d{0,4})(?:\.(\d{1,2}))?(?:ll|[hlLzjt])?([a-zA-Z%])/g;
  return String(format).replace(pattern, (whole, flags, width, digits, kind) => {
    if (kind === '%') return '%';
    const value = values[next++];
    const precision = digits === undefined ? 6 : +digits;
    let text;
    if (kind === 's') text = digits === undefined ? show(value) : show(value).slice(0, precision);
    else if (kind === 'c' && typeof value === 'number') text = String.fromCharCode(value);
    else if (kind === 'c') text = show(value);
    else if (kind === 'd' || kind === 'i') text = String(Math.trunc(Number(value)));
    else if (kind === 'u') text = String(Math.trunc(Number(value)) >>> 0);
    else if (kind === 'x') text = (Math.trunc(Number(value)) >>> 0).toString(16);
    else if (kind === 'X') text = (Math.trunc(Number(value)) >>> 0).toString(16).toUpperCase();
    else if (kind === 'o') text = (Math.trunc(Number(value)) >>> 0).toString(8);
    else if (kind === 'f') text = Number(value).toFixed(precision);
    else if (kind === 'e') text = Number(value).toExponential(precision);
    else if (kind === 'g') text = String(Number(Number(value).toPrecision(precision || 1)));
    else throw new TypeError('the format ' + whole + ' is not known');
    const signed = 'difeg'.includes(kind) && !text.startsWith('-');
    if (signed && flags.includes('+')) text = '+' + text;
    else if (signed && flags.includes(' ')) text = ' ' + text;
    if (flags.includes('-')) return text.padEnd(+width);
    if (!flags.includes('0') || kind === 's' || kind === 'c') return text.padStart(+width);
    const sign = /^[-+ ]/.test(text) ? text[0] : '';
    return sign + text.slice(sign.length).padStart(+width - sign.length, '0');
  });
}

const SEEK_SET = 0;
const SEEK_CUR = 1;
const SEEK_END = 2;

function inputSize(path) {
  if (typeof path !== 'string') throw new TypeError('a path is needed, not ' + show(path));
  return host.inputSize(path);
}

/** All bytes of the file that is to be imported. */
function inputBytes(path) {
  const bytes = new Uint8Array(inputSize(path));
  for (let at = 0; at < bytes.length; ) {
    const count = host.readInput(at);
    apply(setWords, bytes, [new Uint8Array(functions.exchange, 0, count), at]);
    at += count;
  }
  return bytes;
}

/** The text of the file that is to be imported; or its bytes, with { binary: true }. */
function loadFile(path, options) {
  return options?.binary === true ? inputBytes(path) : parse(host.inputText(0, inputSize(path)));
}

/** That file as a stream, like those of QuickJS. Texts are UTF-8. */
function openInput(path) {
  let bytes = inputBytes(path);
  let at = 0;
  const size = () => {
    if (bytes === undefined) throw new TypeError(path + ' is closed');
    return bytes.length;
  };
  const text = (end) => {
    const start = at;
    at = end;
    return parse(host.inputText(start, end));
  };
  return {
    getByte: () => (at < size() ? bytes[at++] : -1),
    /** The rest of the line, without its end; null where the file ends. */
    getline() {
      if (at >= size()) return null;
      let end = at;
      while (end < bytes.length && bytes[end] !== 10) end++;
      const line = text(end);
      at = end + 1;
      return line;
    },
    readAsString: (max = Infinity) => text(Math.max(at, Math.min(size(), at + Number(max)))),
    /** Fills part of an ArrayBuffer; the number of bytes that were left for it. */
    read(buffer, position, length) {
      const part = new Uint8Array(buffer, position, length);
      const count = Math.max(0, Math.min(part.length, size() - at));
      apply(setWords, part, [new Uint8Array(apply(bufferOf, bytes, []), at, count)]);
      at += count;
      return count;
    },
    seek(offset, whence = SEEK_SET) {
      const from = whence === SEEK_CUR ? at : whence === SEEK_END ? size() : 0;
      at = Math.min(Math.max(from + Math.trunc(Number(offset)) || 0, 0), size());
      return 0;
    },
    tell: () => at,
    eof: () => at >= size(),
    close() {
      size();
      bytes = undefined;
      return 0;
    },
  };
}

/** A copy of part of an ArrayBuffer, or of a view of one. */
function copyOf(content, position = 0, length = undefined) {
  const view = isView(content);
  if (!view && !(content instanceof ArrayBuffer)) {
    throw new TypeError('an ArrayBuffer or a view of one is needed, not ' + show(content));
  }
  const whole = view
    ? new Uint8Array(content.buffer, content.byteOffset, content.byteLength)
    : new Uint8Array(content);
  const size = apply(byteLengthOf, whole, []);
  const end = length === undefined ? size : position + length;
  if (!(position >= 0 && end >= position && end <= size)) {
    throw new RangeError('bytes ' + position + ' to ' + end + ' of ' + size);
  }
  const start = apply(byteOffsetOf, whole, []) + position;
  const copy = new Uint8Array(end - position);
  apply(setWords, copy, [new Uint8Array(apply(bufferOf, whole, []), start, end - position)]);
  return copy;
}

/** Hands bytes to the host. Nothing else may use the exchange meanwhile. */
function sendBytes(bytes) {
  const size = apply(byteLengthOf, bytes, []);
  const window = new Uint8Array(functions.exchange);
  const all = exchange.length * 4;
  for (let at = 0; at < size; at += all) {
    const count = size - at < all ? size - at : all;
    apply(setWords, window, [new Uint8Array(apply(bufferOf, bytes, []), at, count)]);
    raw.addBytes(count);
  }
}

/** A file that is handed to the host when it is closed, or the one to be imported. */
function open(path, flags) {
  if (typeof path !== 'string') throw new TypeError('a path is needed, not ' + show(path));
  if (flags === 'r' || flags === 'rb') return openInput(path);
  if (!/^w[bt]?$/.test(flags)) throw new TypeError('a file is opened as "r" or "w", not ' + flags);
  host.requireFiles(path);
  let parts = [];
  const add = (part) => {
    if (parts === undefined) throw new TypeError(path + ' is closed');
    parts.push(part);
  };
  const write = (text) => add(String(text));
  return {
    puts: write,
    printf: (...values) => write(sprintf(...values)),
    /** Writes bytes as they are: part of an ArrayBuffer, or of a view of one; how many. */
    write(content, position, length) {
      const bytes = copyOf(content, position, length);
      add(bytes);
      return bytes.length;
    },
    flush: () => 0,
    close() {
      if (parts === undefined) throw new TypeError(path + ' is closed');
      const all = parts;
      parts = undefined;
      host.beginFile();
      let text = '';
      for (let i = 0; i < all.length; i++) {
        if (typeof all[i] === 'string') text += all[i];
        else {
          raw.addText(text);
          text = '';
          sendBytes(all[i]);
        }
      }
      raw.addText(text);
      raw.writeFile(path);
      return 0;
    },
  };
}

const std = Object.freeze({
  exit: (status = 0) => host.exit(Number(status) | 0),
  gc: () => {},
  getenv: () => undefined,
  loadFile,
  open,
  SEEK_SET,
  SEEK_CUR,
  SEEK_END,
  printf: (...values) => puts(sprintf(...values)),
  puts: (...values) => values.forEach((value) => puts(String(value))),
  out: Object.freeze({
    puts: (text) => puts(String(text)),
    printf: (...values) => puts(sprintf(...values)),
    flush: () => {},
  }),
  sprintf,
});
// Where the module 'std' finds it.
Object.defineProperty(globalThis, setup.stdKey, { value: std });
`;
