/**
 * A file that says the colours of blocks, in the place of our own table. One of these:
 *
 * - JSON or YAML, flat: `"name": "#RRGGBB"`, `"#RRGGBBAA"`, `[r, g, b]` or `[r, g, b, a]`;
 *   `null` or "air" for a block that is not seen. JSON may have `{"color": …}` for it, and a list
 *   of `{"name": …, "color": …}`.
 * - Lines of `name r g b`, with an alpha if one likes, as minetestmapper's `colors.txt` has them
 *   (https://github.com/luanti-org/minetestmapper), or `name #RRGGBB` or `name=RRGGBB`; and of a
 *   spreadsheet, with commas or semicolons.
 * - A GIMP palette, whose colours are named for blocks.
 *
 * A name may have a state behind it, `oak_log[axis=y]`. A line that says nothing of the kind is
 * told and passed over.
 */

import { GoxError } from '../../../conf/errors.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { pack } from '../../volume/color.ts';
import type { ExportOptions, ImportOptions } from '../format.ts';
import type { Report } from '../report.ts';

const BLOCKS_MAX = 65_536;
const LINE_MAX = 512;

const COMMENT = /^\s*(?:#(?![0-9a-f]{6})|\/\/|;|---|[{}]\s*$|$)/i;
const GIMP = /^GIMP Palette/;
const GIMP_HEAD = /^(?:Name|Columns):/;
const GIMP_LINE = /^\s*(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})\s+(\S+)\s*$/;
/** A name, what parts it from its colour, and that. */
const LINE =
  /^\s*["']?([^\s"'=,;[]+(?:\[[^\]]*\])?)["']?\s*(?::\s+|:$|[=,;]\s*|\s+)(\S.*?)[,;]?\s*$/;
const HEX = /^["']?#?([0-9a-f]{6})([0-9a-f]{2})?["']?(?:\s+#.*)?$/i;
const SHORT_HEX = /^["']?#([0-9a-f])([0-9a-f])([0-9a-f])["']?(?:\s+#.*)?$/i;
const NUMBERS = new RegExp(
  `^(?:rgba?\\(|\\[)?\\s*${'(\\d{1,3})[\\s,;]+'.repeat(2)}(\\d{1,3})` +
    '(?:[\\s,;]+(\\d{1,3}))?(?:[\\s)\\]].*)?$',
);
/** The names of columns. */
const HEADING = /^\s*["']?(?:name|block|node|id)["']?\s*[,;\t]/i;
const NOTHING = /^(?:null|~|["']?air["']?|["']?none["']?)$/;

/** Packed colours by names in lower case; 0 for what is not seen. */
export type BlockFile = ReadonlyMap<string, number>;

/**
 * The file that an option names; nothing when none does. Throws GOX_FORMAT_BROKEN when it names no
 * block, GOX_FORMAT_LIMIT for too many, and what `open` throws.
 */
export function blockFile(options: ImportOptions | ExportOptions): BlockFile | undefined {
  const { blocks, open, report } = options;
  if (blocks === undefined || open === undefined) return undefined;
  return readBlockFile(open(blocks), blocks, report);
}

function readBlockFile(bytes: Uint8Array, file: string, report?: Report): BlockFile {
  const text = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\ufeff/, '');
  const lines = /^\s*[{[]/.test(text) ? linesOfJson(text, file) : text.split(/\r?\n/);
  const gimp = GIMP.test(lines[0] ?? '');
  const blocks = new Map<string, number>();
  for (const [i, line] of lines.entries()) {
    checkInterrupt();
    if (i === 0 && HEADING.test(line)) continue;
    if (COMMENT.test(line) || (gimp && (i === 0 || GIMP_HEAD.test(line)))) continue;
    const entry = line.length > LINE_MAX ? undefined : (gimp ? ofGimp : ofLine)(line);
    if (entry === undefined) {
      const message = `${file} has lines that say no colour of a block.`;
      report?.warn('WARN_DETAIL_SKIPPED', message, { file, line: i + 1 });
      continue;
    }
    blocks.set(...entry);
    if (blocks.size <= BLOCKS_MAX) continue;
    const message = `${file} names more than ${BLOCKS_MAX} blocks.`;
    throw new GoxError('GOX_FORMAT_LIMIT', message, { file, blocks_max: BLOCKS_MAX });
  }
  if (blocks.size > 0) return blocks;
  const message = `${file} says no colour of a block, such as "minecraft:stone: #7d7d7d".`;
  throw new GoxError('GOX_FORMAT_BROKEN', message, { file });
}

/** As if each entry stood in a line. */
function linesOfJson(text: string, file: string): string[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GoxError('GOX_FORMAT_BROKEN', `${file} is no JSON: ${reason}.`, { file });
  }
  return entriesOf(content).map(([name, said]) => {
    const value = colorIn(said);
    const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
    // What is no colour is not put into words: lists in lists, say, that are endless.
    const plain = parts.length <= 4 && parts.every(isPlain);
    return `${name} ${plain ? parts.map(String).join(' ') : '?'}`;
  });
}

/** Of an object, or of a list of objects that say their names. */
function entriesOf(content: unknown): (readonly [name: string, said: unknown])[] {
  if (!Array.isArray(content)) return Object.entries(content as object);
  return content.map((one: unknown) => {
    const { name, id, block } = (isObject(one) ? one : {}) as Record<string, unknown>;
    const said = name ?? id ?? block;
    return [typeof said === 'string' ? said : '?', one];
  });
}

function colorIn(said: unknown): unknown {
  if (!isObject(said)) return said;
  const { color, colour, rgb, hex } = said as Record<string, unknown>;
  return color ?? colour ?? rgb ?? hex;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPlain(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'number';
}

type Entry = [name: string, rgba: number];

function ofGimp(line: string): Entry | undefined {
  const match = GIMP_LINE.exec(line);
  if (match === null) return undefined;
  return entryOf(match[4]!, match.slice(1, 4));
}

function ofLine(line: string): Entry | undefined {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const [, name = '', color = ''] = match;
  if (NOTHING.test(color)) return [keyOf(name), 0];
  const hex = HEX.exec(color);
  if (hex !== null) {
    const rgb = Number.parseInt(hex[1]!, 16);
    const alpha = Number.parseInt(hex[2] ?? 'ff', 16);
    return [keyOf(name), visible(pack(rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff, alpha))];
  }
  const short = SHORT_HEX.exec(color);
  if (short !== null) {
    const parts = short.slice(1, 4).map((digit) => String(Number.parseInt(digit, 16) * 17));
    return entryOf(name, parts);
  }
  const numbers = NUMBERS.exec(color);
  return numbers === null ? undefined : entryOf(name, numbers.slice(1, 5));
}

function entryOf(name: string, channels: readonly (string | undefined)[]): Entry | undefined {
  const [r, g, b, a] = [0, 1, 2, 3].map((i) => Number(channels[i] ?? 255));
  if (r! > 255 || g! > 255 || b! > 255 || a! > 255) return undefined;
  return [keyOf(name), visible(pack(r!, g!, b!, a!))];
}

/** 0 where nothing is to be seen. */
function visible(rgba: number): number {
  return rgba >>> 24 === 0 ? 0 : rgba;
}

function keyOf(name: string): string {
  return name.toLowerCase().replace(/:$/, '');
}
