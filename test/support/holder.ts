/** A holder of sockets with whatever configuration, and clients of it. */

import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { InheritedSocket } from '../../actors/listener/activation.ts';
import { SocketHolder } from '../../actors/listener/holder.ts';
import { LiveConfig } from '../../conf/live.ts';
import type { Certificate } from './certificate.ts';
import { configWith } from './probe.ts';
import { temporaryDirectory } from './tmp.ts';

export type Change = Parameters<typeof configWith>[0];

export interface Arrived {
  readonly kind: 'unix' | 'tcp';
  readonly socket: Socket;
}

/** Without a Unix socket and with TCP at a free port, if `change` does not say otherwise. */
export async function makeHolder(
  change: Change = () => {},
  inherited: readonly InheritedSocket[] = [],
) {
  const directory = temporaryDirectory();
  const make = (more: Change = () => {}) =>
    configWith((config) => {
      config.sockets.unix.enabled = false;
      config.sockets.unix.path = join(directory, 's');
      Object.assign(config.sockets.tcp, { enabled: true, port: 0 });
      change(config);
      more(config);
    });
  const first = await make();
  const live = new LiveConfig(first);
  const warnings: string[] = [];
  /** Why handshakes failed. */
  const reasons: string[] = [];
  const note = (...[facts, text]: unknown[]) => void warnings.push(`${text ?? facts}`);
  const daemon = { stopping: false };
  const debug = ({ reason }: { reason?: string }) => {
    if (reason !== undefined) reasons.push(reason);
  };
  const log = { warn: note, error: note, info() {}, debug } as never;
  const stopping = () => daemon.stopping;
  const holder = new SocketHolder({ config: live, log, stopping, inherited: () => inherited });
  const arrived: Arrived[] = [];
  for (const kind of ['unix', 'tcp'] as const) {
    const accept = (socket: Socket) => {
      socket.on('error', () => socket.destroy());
      arrived.push({ kind, socket });
    };
    holder.doors[kind].take({ accept, listening() {}, gone() {} });
  }
  /** Goes by another configuration, as a reload does. */
  const reload = async (more: Change) => {
    const next = await make(more);
    const outcome = await holder.change(next);
    if (outcome.ok) live.replace(next);
    return outcome;
  };
  const end = async () => {
    for (const { socket } of arrived) socket.destroy();
    await holder.close();
  };
  return { directory, holder, live, daemon, warnings, reasons, arrived, reload, end };
}

export function portOf(address: string | undefined): number {
  return Number(address?.split(':').at(-1));
}

/** All that is read until the end, or the code of the error that came before it. */
export function whole(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(`${text}${error.code}`));
    socket.on('close', () => resolve(text));
  });
}

export function dial(port: number): Socket {
  return connect({ host: '127.0.0.1', port });
}

/** @param own what the client shows of itself */
export function dialTls(port: number, ca: Certificate, own?: Certificate): TLSSocket {
  return connectTls({
    ...{ host: '127.0.0.1', port, ca: ca.certificate },
    ...(own === undefined ? {} : { cert: own.certificate, key: own.key }),
  });
}

/** Writes both halves of it, and gives the keys for them. */
export function putCertificate(directory: string, name: string, { certificate, key }: Certificate) {
  const files = {
    certificate: join(directory, `${name}.crt`),
    key: join(directory, `${name}.key`),
  };
  writeFileSync(files.certificate, certificate);
  writeFileSync(files.key, key, { mode: 0o600 });
  return files;
}

export async function until(what: string, isSo: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
