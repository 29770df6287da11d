/** What the parts of the configuration's schema are made of. */

import type { TProperties, TUnsafe } from 'typebox';
import type { Keywords } from './check.ts';
import { Type } from './type.ts';

export const HOUR_MS = 3_600_000;
export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;

/** From "0.001%" to "100%". */
const PERCENTAGE = '^(?!0+[.0]*%)(\\d{1,2}(\\.\\d{1,3})?|100)%$';

interface ShareOptions {
  /** A percentage. */
  readonly default: string;
  readonly live: boolean;
  readonly minimum: number;
  readonly maximum: number;
  /** What a share is at least, on the smallest machine. */
  readonly floor: number;
  readonly description: string;
}

/** Bytes of memory, or a percentage of what there is, of which `memory.ts` makes bytes. */
export function memoryBytes(options: ShareOptions): TUnsafe<number> & Pick<Keywords, 'default'> {
  const { minimum, maximum, floor } = options;
  const title =
    `an integer from ${minimum} to ${maximum}, or a percentage of the memory there is, but` +
    ` ${floor / MIB} MiB at least`;
  const keywords = { type: ['integer', 'string'], pattern: PERCENTAGE, title, ...options };
  return Object.assign(Type.Unsafe<number>(keywords), options);
}

/** Keys that belong together. */
export function section<P extends TProperties>(description: string, properties: P) {
  return Type.Object(properties, { description });
}
