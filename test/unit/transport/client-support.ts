/** A server that behaves as a test of the client wants. */

import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { Packr } from 'msgpackr';
import * as assert from 'uvu/assert';
import {
  type Client,
  ClientError,
  type ClientOptions,
  connect,
} from '../../../transport/client.ts';
import { Framer } from '../../../transport/framing.ts';
import { temporaryDirectory } from '../../support/tmp.ts';
import { LIMITS } from './support.ts';

export const packr = new Packr({ useRecords: false });
export const path = join(temporaryDirectory(), 's');

export interface Message {
  readonly id?: number;
  readonly method: string;
  readonly params?: unknown;
}

/** What the server does with what it read: one message or a batch. */
export type Behaviour = (socket: Socket, message: Message | Message[]) => void;

/** Runs a test against a server that behaves so. */
export async function withServer(
  behaviour: Behaviour,
  use: (client: Client, sockets: readonly Socket[]) => Promise<void>,
  options: ClientOptions = {},
): Promise<void> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    const framer = new Framer({ limits: LIMITS });
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      for (const event of framer.push(chunk)) {
        if (event.kind === 'error') throw event.error;
        const { bytes, encoding } = event;
        const json = encoding === 'json';
        behaviour(socket, json ? JSON.parse(Buffer.from(bytes).toString()) : packr.unpack(bytes));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const client = await connect({ path }, options);
  try {
    await use(client, sockets);
  } finally {
    await client.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

export const send = (socket: Socket, value: unknown) => socket.write(`${JSON.stringify(value)}\n`);
export const resultOf = ({ id, method, params }: Message) => ({
  jsonrpc: '2.0',
  id,
  result: { method, params },
});
/** Answers everything with the method and parameters that came. */
export const echo: Behaviour = (socket, message) => {
  const list = Array.isArray(message) ? message : [message];
  const replies = list.filter(({ id }) => id !== undefined).map(resultOf);
  if (Array.isArray(message)) send(socket, replies);
  else for (const reply of replies) send(socket, reply);
};
export const silence: Behaviour = () => undefined;

/** The code that a promise is rejected with. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    assert.instance(error, ClientError);
    return (error as ClientError).code;
  }
  return 'fulfilled';
}
