/**
 * The 4096 words of a block in few bytes, without loss. Which words are not 0 stands in a mask, and
 * of these alone there are entries: places in a palette of up to 1, 2, 4, 16 or 256 words, of 0, 1,
 * 2, 4 or 8 bits each, or, of more colours than that, the words themselves. Of a block without a
 * word 0 there is no mask.
 *
 * As 32-bit words: the head; the mask, 128 words, bit i of word w for word 32·w + i of the block,
 * and 16 numbers of 16 bits that say how many entries stand before each layer of 256 words; the
 * palette; the entries, from the lowest bits up.
 */

import { BLOCK_BYTES, BLOCK_VOXELS, newShared, signedWords } from './block.ts';

/** Head: the bits of an entry, and flags and numbers above. */
const BITS_MASK = 0x3f;
const MASKED = 0x40;
const COLORS_SHIFT = 8;

const MASK_WORDS = 128;
const RANK_WORDS = 8;
const COLORS_MAX = 256;

/** What takes more words than this stays as it is: a quarter is the least that is worth it. */
const PACKED_WORDS_MAX = 3072;

/** Of a block of one word: the head, 0, and the word. */
const UNIFORM_WORDS = 2;
const UNIFORM_BYTES = 64;
const UNIFORMS_MAX = 256;
const uniforms = new Map<number, Uint32Array>();

/** What a shared buffer takes beside its content, as measured. */
const BUFFER_BYTES = 500;

/** A table of colours by their hash, four times as long as a palette can be; 0 is free. */
const TABLE_BITS = 10;
const TABLE_LENGTH = 1 << TABLE_BITS;

// Room for one block at work. A thread packs one after the other.
const mask = new Int32Array(MASK_WORDS);
const places = new Uint8Array(BLOCK_VOXELS);
const palette = new Int32Array(COLORS_MAX);
const tableColors = new Int32Array(TABLE_LENGTH);
const tablePlaces = new Uint8Array(TABLE_LENGTH);
const tableUsed = new Int16Array(COLORS_MAX);
let colors = 0;
const entries = new Int32Array(BLOCK_VOXELS);

/** Whether these are the words of a block as they are. */
export function isPlain(stored: Uint32Array): boolean {
  return stored.length === BLOCK_VOXELS;
}

/** A block as bytes may have it: as short as can be. Not to be written. */
export function shortest(words: Uint32Array): Uint32Array {
  return pack(words, (length) => new Uint32Array(length)) ?? words;
}

/** What a block takes that is kept so, with what keeps it. */
export function storedBytes(stored: Uint32Array): number {
  if (isPlain(stored)) return BLOCK_BYTES;
  return stored.length === UNIFORM_WORDS ? UNIFORM_BYTES : stored.byteLength + BUFFER_BYTES;
}

/** A block of one word everywhere. Those of the same word are the same, of many at least. */
export function uniform(word: number): Uint32Array {
  const known = uniforms.get(word);
  if (known !== undefined) return known;
  if (uniforms.size === UNIFORMS_MAX) uniforms.clear();
  const stored = newShared(UNIFORM_WORDS);
  stored[1] = word;
  uniforms.set(word, stored);
  return stored;
}

/** The words of a block packed, in shared memory; undefined when that would save too little. */
export function pack(data: Uint32Array, room = newShared): Uint32Array | undefined {
  const words = signedWords(data);
  if (isUniform(words)) return uniform(data[0]!);
  const filled = survey(words);
  const masked = filled < BLOCK_VOXELS;
  const bits = bitsFor(colors);
  const listed = bits === 32 ? 0 : colors;
  const start = 1 + (masked ? MASK_WORDS + RANK_WORDS : 0) + listed;
  const length = start + Math.ceil((filled * bits) / 32);
  if (length > PACKED_WORDS_MAX) return undefined;
  const stored = room(length);
  const out = signedWords(stored);
  out[0] = bits | (masked ? MASKED : 0) | (listed << COLORS_SHIFT);
  if (masked) writeMask(out);
  for (let i = 0; i < listed; i++) out[start - listed + i] = palette[i]!;
  if (bits === 32) writeWords(words, out, start);
  else if (bits > 0) writePlaces(out, start, filled, bits);
  return stored;
}

function isUniform(words: Int32Array): boolean {
  const word = words[0]!;
  for (let i = 1; i < BLOCK_VOXELS; i++) if (words[i] !== word) return false;
  return true;
}

/** Whether 32 words from a place on are 0. */
function isEmpty(words: Int32Array, start: number): boolean {
  let some = 0;
  for (let i = start; i < start + 32; i += 4) {
    some |= words[i]! | words[i + 1]! | words[i + 2]! | words[i + 3]!;
  }
  return some === 0;
}

/**
 * Marks the words that are not 0, finds the palette of these and the place of each in it. Returns
 * how many they are; `colors` is one more than a palette can have when that is not enough.
 */
function survey(words: Int32Array): number {
  let filled = 0;
  let last = 0;
  let place = 0;
  colors = 0;
  for (let w = 0; w < MASK_WORDS; w++) {
    let bits = 0;
    for (let b = isEmpty(words, w * 32) ? 32 : 0; b < 32; b++) {
      const word = words[w * 32 + b]!;
      if (word === 0) continue;
      bits |= 1 << b;
      if (word !== last) {
        last = word;
        place = placeOf(word);
      }
      places[filled++] = place;
    }
    mask[w] = bits;
  }
  for (let i = Math.min(colors, COLORS_MAX) - 1; i >= 0; i--) tableColors[tableUsed[i]!] = 0;
  return filled;
}

/** The place of a word in the palette, where it is put when it is new and there is room. */
function placeOf(word: number): number {
  let at = Math.imul(word, 0x9e3779b1) >>> (32 - TABLE_BITS);
  for (; tableColors[at] !== word; at = (at + 1) & (TABLE_LENGTH - 1)) {
    if (tableColors[at] !== 0) continue;
    if (colors >= COLORS_MAX) {
      colors = COLORS_MAX + 1;
      return 0;
    }
    tableColors[at] = word;
    tablePlaces[at] = colors;
    tableUsed[colors] = at;
    palette[colors] = word;
    return colors++;
  }
  return tablePlaces[at]!;
}

function bitsFor(colors: number): number {
  if (colors <= 1) return 0;
  if (colors <= 2) return 1;
  if (colors <= 4) return 2;
  if (colors <= 16) return 4;
  return colors <= COLORS_MAX ? 8 : 32;
}

function writeMask(out: Int32Array): void {
  let before = 0;
  for (let w = 0; w < MASK_WORDS; w++) {
    if ((w & 7) === 0) out[1 + MASK_WORDS + (w >> 4)]! |= before << ((w & 8) << 1);
    out[1 + w] = mask[w]!;
    before += bitCount(mask[w]!);
  }
}

function writeWords(words: Int32Array, out: Int32Array, start: number): void {
  for (let i = 0, at = start; at < out.length; i++) if (words[i] !== 0) out[at++] = words[i]!;
}

function writePlaces(out: Int32Array, start: number, filled: number, bits: number): void {
  for (let at = start, n = 0; n < filled; at++) {
    let word = 0;
    for (let shift = 0; shift < 32 && n < filled; shift += bits) word |= places[n++]! << shift;
    out[at] = word;
  }
}

/** The words of a packed block, into an array of 4096. */
export function unpack(stored: Uint32Array, into: Uint32Array): Uint32Array {
  const from = signedWords(stored);
  const out = signedWords(into);
  const head = from[0]!;
  const bits = head & BITS_MASK;
  const colors = head >>> COLORS_SHIFT;
  if ((head & MASKED) === 0) {
    if (bits === 0) out.fill(from[1]!);
    else readEntries(from, 1, 1 + colors, bits, out, BLOCK_VOXELS);
    return into;
  }
  const start = 1 + MASK_WORDS + RANK_WORDS;
  out.fill(0);
  if (bits === 0) fillMarked(from, out, from[start]!);
  else {
    const filled =
      bits === 32 ? from.length - start : Math.floor(((from.length - start - colors) * 32) / bits);
    readEntries(from, start, start + colors, bits, entries, Math.min(filled, BLOCK_VOXELS));
    spreadMarked(from, out);
  }
  return into;
}

/** Reads so many entries, or a few more that share a word with the last, as words. */
function readEntries(
  from: Int32Array,
  colors: number,
  start: number,
  bits: number,
  out: Int32Array,
  count: number,
): void {
  if (bits === 32) {
    out.set(from.subarray(start, start + count));
    return;
  }
  if (bits === 8) {
    const bytes = new Uint8Array(from.buffer, from.byteOffset + start * 4, count);
    for (let n = 0; n < count; n++) out[n] = from[colors + bytes[n]!]!;
    return;
  }
  const low = (1 << bits) - 1;
  for (let n = 0, at = start; n < count; at++) {
    for (let shift = 0, word = from[at]!; shift < 32; shift += bits, word >>>= bits) {
      out[n++] = from[colors + (word & low)]!;
    }
  }
}

function fillMarked(from: Int32Array, out: Int32Array, word: number): void {
  for (let w = 0; w < MASK_WORDS; w++) {
    const marked = from[1 + w]!;
    if (marked === -1) out.fill(word, w * 32, w * 32 + 32);
    else
      for (let i = w * 32, rest = marked; rest !== 0; i++, rest >>>= 1)
        if ((rest & 1) !== 0) out[i] = word;
  }
}

function spreadMarked(from: Int32Array, out: Int32Array): void {
  for (let w = 0, n = 0; w < MASK_WORDS; w++) {
    const marked = from[1 + w]!;
    if (marked === -1) for (let i = w * 32; i < w * 32 + 32; i++) out[i] = entries[n++]!;
    else
      for (let i = w * 32, rest = marked; rest !== 0; i++, rest >>>= 1)
        if ((rest & 1) !== 0) out[i] = entries[n++]!;
  }
}

/** One word of a block, packed or plain. */
export function wordIn(stored: Uint32Array, index: number): number {
  if (stored.length === BLOCK_VOXELS) return stored[index]!;
  const head = stored[0]!;
  const bits = head & BITS_MASK;
  let start = 1;
  let n = index;
  if ((head & MASKED) !== 0) {
    const w = index >> 5;
    const marked = stored[1 + w]! | 0;
    if (((marked >>> (index & 31)) & 1) === 0) return 0;
    n = (stored[1 + MASK_WORDS + (w >> 4)]! >>> ((w & 8) << 1)) & 0xffff;
    for (let before = w & ~7; before < w; before++) n += bitCount(stored[1 + before]! | 0);
    n += bitCount(marked & ((1 << (index & 31)) - 1));
    start += MASK_WORDS + RANK_WORDS;
  }
  if (bits === 0) return stored[start]!;
  if (bits === 32) return stored[start + n]!;
  const entries = start + (head >>> COLORS_SHIFT);
  const bit = n * bits;
  return stored[start + ((stored[entries + (bit >> 5)]! >>> (bit & 31)) & ((1 << bits) - 1))]!;
}

function bitCount(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x5555_5555);
  n = (n & 0x3333_3333) + ((n >>> 2) & 0x3333_3333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
