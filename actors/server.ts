/**
 * The listening Unix socket. Accepted sockets wait in `sockets` under the number they are named by.
 */

import { createServer, type Socket } from 'node:net';
import type { Logger } from 'pino';
import { fromCallback } from 'xstate';
import { GoxError } from '../conf/errors.ts';
import { permissionBits } from '../conf/schema.ts';
import type { ListenerEvent, ListenerInput, ServerCommand } from '../machines/listener.ts';
import { composeStandalone } from '../transport/reply.ts';
import { type ListeningPath, listenAt, SocketPathError } from './socket-path.ts';

/** Accepted sockets that no connection has taken yet. */
export type AcceptedSockets = Map<number, Socket>;

export interface ServerDeps {
  readonly sockets: AcceptedSockets;
  readonly log: Logger;
}

/** The `server` effect of a listener. */
export function serverEffect({ sockets, log }: ServerDeps) {
  let last = 0;
  return fromCallback<ServerCommand, ListenerInput>(({ input, receive, sendBack }) => {
    const { unix } = input.config.sockets;
    const say = sendBack as (event: ListenerEvent) => void;
    let listeningPath: ListeningPath | undefined;
    let closing = false;

    // Half open: a client that ends its side still gets the replies to what it sent.
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      last += 1;
      sockets.set(last, socket);
      say({ type: 'socket.accepted', number: last });
    });
    const listening = listenAt(server, {
      path: unix.path,
      mode: permissionBits(unix.permissions),
      backlog: unix.backlog,
      log,
    }).then(
      (taken) => {
        listeningPath = taken;
        server.on('error', (error) => {
          say({ type: 'server.failed', code: 'refused', reason: error.message });
        });
        if (!closing) say({ type: 'server.listening', address: unix.path });
      },
      (error: unknown) => {
        const code = error instanceof SocketPathError ? error.code : 'refused';
        say({ type: 'server.failed', code, reason: (error as Error).message });
      },
    );

    async function close() {
      closing = true;
      await listening;
      await listeningPath?.close();
      listeningPath = undefined;
    }

    receive((command) => {
      if (command.type === 'server.close') {
        close().then(
          () => say({ type: 'server.closed' }),
          (error: Error) => say({ type: 'server.failed', code: 'refused', reason: error.message }),
        );
      } else {
        turnAway(sockets, command.number, input.config.limits.connections_max);
      }
    });
    return () => {
      close().catch((error: Error) => log.warn({ err: error }, 'cannot clean up the socket'));
    };
  });
}

function turnAway(sockets: AcceptedSockets, number: number, limit: number): void {
  const socket = sockets.get(number);
  sockets.delete(number);
  socket?.on('error', () => socket.destroy());
  socket?.end(
    composeStandalone(
      new GoxError(
        'GOX_TOO_MANY_CONNECTIONS',
        `There are ${limit} connections, as many as limits.connections_max allows.`,
        { limit },
      ),
    ),
  );
  // The client need not be one that reads or closes.
  socket?.resume().setTimeout(1000, () => socket.destroy());
}
