/** Writes the messages of a story as bytes, in every form that means the same. */

import { Packr } from 'msgpackr';
import type { Random } from '../random.ts';
import type { Element, Literal, Members } from './story.ts';

export const packr = new Packr({ useRecords: false });

/** Which blanks may stand between the tokens of a JSON text. */
export type Style = 'compact' | 'spaced' | 'lines';

export function jsonOf({ body }: Element, random: Random, style: Style): string {
  if (!isMembers(body)) return body.json;
  const space = style === 'compact' ? '' : random.pick([' ', '  ', '\t']);
  const line = style === 'lines' ? random.pick(['\n', '\r\n', '\n\n  ']) : '';
  const members = shuffled(body, random).map(([name, { json }]) => {
    return `${line}${space}${JSON.stringify(name)}${space}:${space}${json}`;
  });
  return `{${members.join(`${space},`)}${line}}`;
}

/** A batch of elements; empty for none. */
export function jsonBatch(elements: readonly Element[], random: Random, style: Style): string {
  const gap = style === 'lines' ? '\n' : '';
  const texts = elements.map((element) => jsonOf(element, random, style));
  return `[${gap}${texts.join(`,${gap}`)}${gap}]`;
}

export function packedOf({ body }: Element, random: Random): Buffer {
  if (!isMembers(body)) return Buffer.from(packr.pack(body.value));
  const pairs = shuffled(body, random).map(([name, { value }]) => {
    return Buffer.concat([packr.pack(name), packr.pack(value)]);
  });
  return Buffer.concat([Buffer.of(0x80 | pairs.length), ...pairs]);
}

export function packedBatch(elements: readonly Element[], random: Random): Buffer {
  const head = Buffer.of(0xdc, elements.length >> 8, elements.length & 255);
  return Buffer.concat([head, ...elements.map((element) => packedOf(element, random))]);
}

/** The members in any order, but those of one name in theirs, since the last of them counts. */
function shuffled(members: Members, random: Random): Members {
  const names = members.map(([name]) => name);
  if (new Set(names).size < names.length) return members;
  const list = [...members];
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
}

function isMembers(body: Members | Literal): body is Members {
  return Array.isArray(body);
}

export function goxe(payload: Uint8Array, flags: number, version = 1): Buffer {
  const head = Buffer.from('GOXE\0\0\0\0\0\0\0\0\0\0\0\0', 'latin1');
  head.writeUInt32BE(version, 4);
  head.writeUInt32BE(payload.length, 8);
  head.writeUInt32BE(flags, 12);
  return Buffer.concat([head, payload]);
}

export function headed(payload: Uint8Array, random: Random): Buffer {
  const name = random.pick(['Content-Length', 'content-length', 'CONTENT-LENGTH']);
  const type = 'Content-Type: application/vscode-jsonrpc; charset=utf-8';
  const line = random.pick(['\r\n', '\r\n', '\n']);
  const lines = [`${name}:${random.pick([' ', '', '  '])}${payload.length}`];
  const place = random.below(6);
  if (place < 2) lines.splice(place, 0, type);
  return Buffer.concat([Buffer.from(`${lines.join(line)}${line}${line}`), payload]);
}
