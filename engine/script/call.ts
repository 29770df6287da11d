/** What a script asks of its project, before it is done: as bounded as a request from outside. */

import { Refusal } from './refusal.ts';

/** As `limits.frame_bytes_max` has it; what is parsed can take many times as much. */
const PARAMS_LENGTH_MAX = 16 << 20;

/** Arrays and objects inside one another; what checks parameters may be recursive. */
const PARAMS_DEPTH_MAX = 64;

/** As arguments they take 64 KiB of the stack, more than any edit does. */
const MANY: readonly undefined[] = new Array<undefined>(8192).fill(undefined);

/** Parameters from JSON. */
export function parsedParams(json: string): unknown {
  if (json.length > PARAMS_LENGTH_MAX) {
    throw new Refusal('RangeError', `parameters of more than ${PARAMS_LENGTH_MAX} bytes`);
  }
  const params: unknown = JSON.parse(json);
  if (isDeeper(params, PARAMS_DEPTH_MAX)) {
    throw new Refusal('RangeError', `parameters nested more than ${PARAMS_DEPTH_MAX} deep`);
  }
  return params;
}

/** Whether arrays and objects lie more than so many deep in one another. */
export function isDeeper(value: unknown, depth_max: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth_max === 0) return true;
  return Object.values(value).some((part) => isDeeper(part, depth_max - 1));
}

/** Throws unless enough stack is left: an edit that lacks it half way could not be taken back. */
export function requireStack(): void {
  try {
    Reflect.apply(nothing, undefined, MANY);
  } catch {
    throw new Refusal('RangeError', 'stack overflow');
  }
}

function nothing(): void {}
