/**
 * Sends the blocks of snapshots between threads in messages of their own. Node looks through all
 * shared buffers of a message for each one in it, so the 32768 blocks of a large project would take
 * more than half a second in one message, and take 20 ms in messages of 512.
 */

/** Blocks of one message. */
const PARCEL_BLOCKS = 512;

interface ParcelPart {
  readonly parcel: number;
  readonly blocks: readonly Uint32Array[];
}

/** Stands for the blocks in the message that they belong to. */
interface Placeholder {
  readonly blocksOfParcel: number;
}

let parcels = 0;

/** What to post: first the parts, then the message, with placeholders for their blocks. */
export function packed(message: unknown): { parts: ParcelPart[]; message: unknown } {
  const parts: ParcelPart[] = [];
  return { parts, message: replaced(message, (value) => takeBlocks(value, parts)) };
}

function takeBlocks(value: unknown, parts: ParcelPart[]): Placeholder | undefined {
  if (!isBlocks(value)) return undefined;
  const parcel = ++parcels;
  for (let at = 0; at < value.length; at += PARCEL_BLOCKS) {
    parts.push({ parcel, blocks: value.slice(at, at + PARCEL_BLOCKS) });
  }
  return { blocksOfParcel: parcel };
}

function isBlocks(value: unknown): value is readonly Uint32Array[] {
  if (!Array.isArray(value) || value.length <= PARCEL_BLOCKS) return false;
  const [first] = value as unknown[];
  return first instanceof Uint32Array && first.buffer instanceof SharedArrayBuffer;
}

/** What has come of parcels whose message has not. */
export class Parcels {
  readonly #blocks = new Map<number, Uint32Array[]>();

  /** A message as it was before `packed`; nothing for a part of a parcel. */
  receive(data: unknown): { message: unknown } | undefined {
    if (isPart(data)) {
      const known = this.#blocks.get(data.parcel);
      if (known === undefined) this.#blocks.set(data.parcel, [...data.blocks]);
      else for (const block of data.blocks) known.push(block);
      return undefined;
    }
    if (this.#blocks.size === 0) return { message: data };
    return { message: replaced(data, (value) => this.#open(value)) };
  }

  #open(value: unknown): readonly Uint32Array[] | undefined {
    if (typeof value !== 'object' || value === null || !('blocksOfParcel' in value)) {
      return undefined;
    }
    const parcel = value.blocksOfParcel as number;
    const blocks = this.#blocks.get(parcel);
    this.#blocks.delete(parcel);
    return blocks;
  }
}

function isPart(data: unknown): data is ParcelPart {
  return typeof data === 'object' && data !== null && 'parcel' in data && 'blocks' in data;
}

/** A value with others in the place of some parts; the same value when there are none. */
function replaced(value: unknown, by: (part: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const other = by(value);
  if (other !== undefined) return other;
  if (Array.isArray(value)) {
    const parts = value.map((part) => replaced(part, by));
    return parts.some((part, i) => part !== value[i]) ? parts : value;
  }
  // Buffers, ports and the like have nothing inside.
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  let copy: Record<string, unknown> | undefined;
  for (const [key, part] of Object.entries(value)) {
    const now = replaced(part, by);
    if (now === part) continue;
    copy ??= { ...value };
    copy[key] = now;
  }
  return copy ?? value;
}
