/**
 * The listening Unix socket. Accepted sockets wait in `sockets` under the number they are named by.
 */

import { createServer, type Socket } from 'node:net';
import type { Logger } from 'pino';
import { fromCallback } from 'xstate';
import { type Config, permissionBits } from '../../conf/schema.ts';
import type { Idle, ListenerEvent, ListenerInput, ServerCommand } from '../../machines/listener.ts';
import type { OpenConnections } from '../connection/sessions.ts';
import { reportFigures } from '../vitals.ts';
import { Farewell } from './farewell.ts';
import { type ListeningPath, listenAt, SocketPathError } from './socket-path.ts';

/** Accepted sockets that no connection has taken yet. */
export type AcceptedSockets = Map<number, Socket>;

export interface ServerDeps {
  readonly sockets: AcceptedSockets;
  /** The requests of all clients that wait for engines; the tree shows them here. */
  readonly admission: { figures(): Readonly<Record<string, number>> };
  readonly config: Config;
  readonly connections: OpenConnections;
  readonly log: Logger;
}

/** The `server` effect of a listener. */
export function serverEffect({ config, sockets, connections, log, admission }: ServerDeps) {
  let last = 0;
  return fromCallback<ServerCommand, ListenerInput>(({ receive, sendBack, self }) => {
    const { unix } = config.sockets;
    const farewell = new Farewell(config);
    const say = sendBack as (event: ListenerEvent) => void;
    let listeningPath: ListeningPath | undefined;
    let closing = false;
    reportFigures(self, () => ({
      trouble: listeningPath?.trouble || 'none',
      ...admission.figures(),
    }));

    // Half open: a client that ends its side still gets the replies to what it sent.
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      last += 1;
      sockets.set(last, socket);
      const crowd = connections.size >= config.performance.max_connections;
      const idlest = crowd ? idlestOf(connections) : undefined;
      say({ type: 'socket.accepted', accepted: last, idlest });
    });
    const listening = listenAt(server, {
      path: unix.path,
      mode: permissionBits(unix.permissions),
      backlog: unix.backlog,
      log,
    }).then(
      (taken) => {
        listeningPath = taken;
        // One connection that could not be accepted, for want of descriptors as a rule, is no
        // reason to end the others.
        server.on('error', (error) => log.warn({ err: error }, 'cannot accept a connection'));
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
        const socket = sockets.get(command.accepted);
        sockets.delete(command.accepted);
        if (socket !== undefined) farewell.say(socket, command.why);
      }
    });
    return () => {
      close().catch((error: Error) => log.warn({ err: error }, 'cannot clean up the socket'));
    };
  });
}

/** The connection that has had nothing to do for longest. */
function idlestOf(connections: OpenConnections): Idle | undefined {
  const now = performance.now();
  let idlest: Idle | undefined;
  for (const [number, { replies }] of connections) {
    const { idleSince_ms } = replies;
    if (idleSince_ms === undefined) continue;
    const idle_ms = now - idleSince_ms;
    if (idlest === undefined || idle_ms > idlest.idle_ms) idlest = { number, idle_ms };
  }
  return idlest;
}
