/** What the kernel lets this process have: getrlimit and setrlimit. */

import { libc } from './libc.ts';

const RESOURCES = process.platform === 'linux' ? { core: 4, files: 7 } : { core: 4, files: 8 };

/** `core` in bytes, `files` as the number of open descriptors. */
export type Resource = keyof typeof RESOURCES;

export interface ResourceLimit {
  /** What holds; `Infinity` is no limit. */
  readonly soft: number;
  /** How far a process may raise the soft one; only root raises this one. */
  readonly hard: number;
}

/** What stands for no limit. */
const INFINITE = process.platform === 'linux' ? 0xffff_ffff_ffff_ffffn : 0x7fff_ffff_ffff_ffffn;

/** Nothing when it cannot be known here. @throws the error of the system */
export function getResourceLimit(resource: Resource): ResourceLimit | undefined {
  const getrlimit = libc()?.systemCall('getrlimit', 'int', 'void *');
  if (getrlimit === undefined) return undefined;
  const limit = new BigUint64Array(2);
  getrlimit(RESOURCES[resource], limit);
  return { soft: fromKernel(limit[0]), hard: fromKernel(limit[1]) };
}

/**
 * False when it cannot be set here.
 *
 * @throws the error of the system: EPERM for who is not root and raises the hard one
 */
export function setResourceLimit(resource: Resource, { soft, hard }: ResourceLimit): boolean {
  const setrlimit = libc()?.systemCall('setrlimit', 'int', 'void *');
  if (setrlimit === undefined) return false;
  setrlimit(RESOURCES[resource], BigUint64Array.of(toKernel(soft), toKernel(hard)));
  return true;
}

function fromKernel(value = INFINITE): number {
  return value >= INFINITE ? Number.POSITIVE_INFINITY : Number(value);
}

function toKernel(value: number): bigint {
  return Number.isFinite(value) ? BigInt(value) : INFINITE;
}
