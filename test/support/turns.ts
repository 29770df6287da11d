/**
 * Conversations of programs of the C daemon's world, as data. Most of these programs judge a reply
 * by literal texts, and read it with one `recv` of a fixed size.
 */

import * as assert from 'uvu/assert';
import { PlainClient } from './programs.ts';

export interface Turn {
  /** The bytes as the program sends them; with a line feed only where it sends one. */
  readonly send: string;
  /** Texts that the program looks for in what it read; none: any bytes do. */
  readonly wants?: readonly string[];
  /** Texts that must not be in it. */
  readonly refuses?: readonly string[];
}

/** JSON-RPC as most C programs write it: `params` before `id`, and a line feed. */
export function call(method: string, params: string, id: number): string {
  return `{"jsonrpc":"2.0","method":"${method}","params":${params},"id":${id}}\n`;
}

/** Takes the turns on one connection; gives what was read last. */
export async function takeTurns(
  client: PlainClient,
  turns: readonly Turn[],
  bytes_max: number,
): Promise<string> {
  let reply = '';
  for (const { send, wants = [], refuses = [] } of turns) {
    reply = await client.ask(send, bytes_max);
    assert.is.not(reply, '', `no bytes for ${send.slice(0, 200)}`);
    judge(reply, wants, refuses, send);
  }
  return reply;
}

/** The same on a new connection. */
export async function takeTurnsAt(
  socket: string,
  turns: readonly Turn[],
  bytes_max: number,
): Promise<string> {
  const client = await PlainClient.open(socket);
  try {
    return await takeTurns(client, turns, bytes_max);
  } finally {
    client.close();
  }
}

/** The same with a connection for each turn, as many programs have it. */
export async function takeTurnsApart(
  socket: string,
  turns: readonly Turn[],
  bytes_max: number,
): Promise<string> {
  let reply = '';
  for (const turn of turns) reply = await takeTurnsAt(socket, [turn], bytes_max);
  return reply;
}

function judge(
  reply: string,
  wants: readonly string[],
  refuses: readonly string[],
  send: string,
): void {
  const about = `in ${reply.slice(0, 500)}\nthe answer to ${send.slice(0, 200)}`;
  for (const text of wants) assert.ok(reply.includes(text), `no ${text} ${about}`);
  for (const text of refuses) assert.not.ok(reply.includes(text), `${text} ${about}`);
}
