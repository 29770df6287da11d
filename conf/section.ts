/** What the parts of the configuration's schema are made of. */

import { type TProperties, Type } from 'typebox';

export const HOUR_MS = 3_600_000;
export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;

/** Keys that belong together. */
export function section<P extends TProperties>(description: string, properties: P) {
  return Type.Object(properties, { description });
}
