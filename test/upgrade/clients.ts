/**
 * Clients that notice everything: a connection that is refused or ends, a reply that is an error or
 * does not come, an answer to another question. Each edits places of its own, and reads them back.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { type Address, type Client, connect } from '../../transport/client.ts';

/** Deterministic, of a seed. */
export type Chance = () => number;

export interface Voxel {
  readonly project: string;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** What all clients came to. */
export interface Tally {
  connections: number;
  requests: number;
  /** Edits whose replies have come. */
  readonly edits: Voxel[];
  readonly faults: string[];
  /** The longest that a reply took. */
  wait_ms_max: number;
}

export interface ClientOptions {
  readonly address: Address;
  readonly name: string;
  /** Its column: nobody else edits there. */
  readonly column: number;
  readonly project: string;
  readonly chance: Chance;
  readonly tally: Tally;
  readonly going: () => boolean;
}

const COLOR = '#3366CC';
const TIMEOUT_MS = 60_000;

/** Connects, edits, reads back and closes, over and over. */
export async function comeAndGo(options: ClientOptions): Promise<void> {
  const { name, address, tally, going, chance } = options;
  for (let turn = 0; going(); turn += 1) {
    try {
      const client = await connect(address, { timeout_ms: TIMEOUT_MS });
      tally.connections += 1;
      await editAndRead(client, options, turn);
      await client.close();
    } catch (error) {
      tally.faults.push(`${name}, turn ${turn}: ${error}`);
    }
    await sleep(chance() * 5);
  }
}

/** Stays connected, with some requests on their way at any time. */
export async function stay(
  options: ClientOptions,
  depth: number,
  encoding: 'json' | 'msgpack',
): Promise<void> {
  const { name, address, tally, going } = options;
  const client = await connect(address, { timeout_ms: TIMEOUT_MS, encoding });
  tally.connections += 1;
  let open = true;
  client.once('close', (error) => {
    open = false;
    if (error !== undefined) tally.faults.push(`${name}: its connection ended: ${error.message}`);
  });
  let turn = 0;
  const lane = async () => {
    while (going() && open) {
      const mine = turn;
      turn += 1;
      try {
        await editAndRead(client, options, mine);
      } catch (error) {
        tally.faults.push(`${name}, turn ${mine}: ${error}`);
      }
      // Without a pause it would take all of the processor.
      await sleep(1);
    }
  };
  await Promise.all(Array.from({ length: depth }, lane));
  await client.close();
}

async function editAndRead(client: Client, options: ClientOptions, turn: number): Promise<void> {
  const { column, project, tally } = options;
  const voxel: Voxel = { project, x: column, y: turn % 256, z: Math.floor(turn / 256) };
  const { x, y, z } = voxel;
  await asked(client, tally, 'goxel.add_voxel', { project, x, y, z, color: COLOR });
  tally.edits.push(voxel);
  const got = await asked(client, tally, 'goxel.get_voxel', { project, x, y, z });
  if (!isThere(got)) throw new Error(`${JSON.stringify(voxel)} is gone: ${JSON.stringify(got)}`);
}

export function isThere(got: unknown): boolean {
  return (got as { readonly exists?: boolean }).exists === true;
}

async function asked(client: Client, tally: Tally, method: string, params: object) {
  const began_ms = performance.now();
  const result = await client.call(method, params as never);
  tally.requests += 1;
  tally.wait_ms_max = Math.max(tally.wait_ms_max, performance.now() - began_ms);
  return result;
}
