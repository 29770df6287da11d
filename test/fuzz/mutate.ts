/** Damages a file, as bytes or by what it is made of: text, JSON, chunks, packed streams. */

import { type Chunk, takeApart } from './chunks.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { mutateJson } from './mutate-json.ts';
import { isText, mutateText } from './mutate-text.ts';
import type { Random } from './random.ts';
import { mutateStream } from './streams.ts';

/** How often a file is damaged as bytes although more is known of it. */
const BYTES_SHARE = 0.3;
/** How often damage to its structure is followed by damage to its bytes. */
const BOTH_SHARE = 0.1;

/** A damaged copy of a file; `other` is one of the same format to take parts from. */
export function mutate(bytes: Uint8Array, random: Random, other: Uint8Array): Buffer {
  if (random.chance(BYTES_SHARE)) return mutateBytes(bytes, random, other);
  const changed =
    mutateChunks(bytes, random, other) ??
    mutateJson(bytes, random) ??
    (isText(bytes) ? mutateText(bytes, random, other) : undefined) ??
    mutateStream(bytes, random, other) ??
    mutateBytes(bytes, random, other);
  return random.chance(BOTH_SHARE) ? mutateBytes(changed, random, other) : changed;
}

function mutateChunks(bytes: Uint8Array, random: Random, other: Uint8Array): Buffer | undefined {
  const file = takeApart(bytes);
  if (file === undefined || file.chunks.length === 0) return undefined;
  const others = takeApart(other)?.chunks ?? file.chunks;
  const chunks = [...file.chunks];
  for (let left = 1 + random.small(3); left > 0 && chunks.length > 0; left--) {
    mutateList(chunks, random, others);
  }
  return file.build(chunks);
}

function mutateList(chunks: Chunk[], random: Random, others: readonly Chunk[]): void {
  const at = random.below(chunks.length);
  const chunk = chunks[at]!;
  const way = random.below(20);
  if (way === 0) chunks.splice(at, 1);
  else if (way === 1) chunks.splice(random.below(chunks.length), 0, chunk);
  else if (way === 2) chunks[at] = chunks.splice(random.below(chunks.length), 1, chunk)[0]!;
  else if (way === 3) chunks.splice(at, random.below(2), pickOr(others, random, chunk));
  else if (way === 4) chunks[at] = { type: pickOr(others, random, chunk).type, data: chunk.data };
  else {
    const alike = others.filter(({ type }) => type === chunk.type);
    const donor = pickOr(alike, random, chunk);
    chunks[at] = { type: chunk.type, data: mutate(chunk.data, random, donor.data) };
  }
}

function pickOr<T>(list: readonly T[], random: Random, otherwise: T): T {
  return list.length === 0 ? otherwise : random.pick(list);
}
