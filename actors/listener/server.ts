/**
 * Takes the connections of one kind of sockets. Accepted sockets wait in `sockets` under the number
 * they are named by.
 */

import type { Socket } from 'node:net';
import { fromCallback } from 'xstate';
import type { Config } from '../../conf/schema.ts';
import type { Idle, ListenerEvent, ListenerInput, ServerCommand } from '../../machines/listener.ts';
import { stopping, tooManyConnections } from '../connection/refusals.ts';
import type { PlacedConnection } from '../connection/sessions.ts';
import { reportFigures } from '../vitals.ts';
import type { SocketHolder } from './holder.ts';

/** Accepted sockets that no connection has taken yet. */
export type AcceptedSockets = Map<number, Socket>;

export interface ServerDeps {
  readonly sockets: AcceptedSockets;
  readonly holder: Pick<SocketHolder, 'doors' | 'farewell' | 'trouble'>;
  /** The requests of all clients that wait for engines; the tree shows them here. */
  readonly admission: { figures(): Readonly<Record<string, number>> };
  readonly config: Config;
  readonly connections: ReadonlyMap<number, PlacedConnection>;
}

/** The `server` effect of the listeners. */
export function serverEffect({ config, sockets, connections, holder, admission }: ServerDeps) {
  let last = 0;
  return fromCallback<ServerCommand, ListenerInput>(({ input: { kind }, receive, ...own }) => {
    const say = own.sendBack as (event: ListenerEvent) => void;
    const door = holder.doors[kind];
    reportFigures(own.self, () => ({
      trouble: holder.trouble(kind) || 'none',
      // Once is enough: they are of all listeners.
      ...(kind === 'unix' ? admission.figures() : {}),
    }));

    const release = door.take({
      accept: (socket) => {
        last += 1;
        sockets.set(last, socket);
        const crowd = connections.size >= config.performance.max_connections;
        const idlest = crowd ? idlestOf(connections) : undefined;
        say({ type: 'socket.accepted', accepted: last, idlest });
      },
      listening: (address) => say({ type: 'server.listening', address }),
      gone: () => say({ type: 'server.gone' }),
    });
    if (door.address === undefined) say({ type: 'server.gone' });
    else say({ type: 'server.listening', address: door.address });

    receive((command) => {
      switch (command.type) {
        case 'server.close':
          release();
          say({ type: 'server.closed' });
          return;
        case 'connection.yield':
          connections.get(command.number)?.giveWay();
          return;
        case 'socket.turn_away': {
          const socket = sockets.get(command.accepted);
          sockets.delete(command.accepted);
          if (socket === undefined) return;
          const { max_connections } = config.performance;
          const isFull = command.why === 'too many';
          holder.farewell.say(socket, isFull ? tooManyConnections(max_connections) : stopping());
        }
      }
    });
    return release;
  });
}

/**
 * The connection that has had nothing to do for longest; before all others, and whatever it does,
 * the one that has been a stranger for longest: who means it shows its token at once.
 */
function idlestOf(connections: ReadonlyMap<number, PlacedConnection>): Idle | undefined {
  const now = performance.now();
  let idlest: Idle | undefined;
  for (const [number, { replies, stranger }] of connections) {
    // The eldest comes first.
    if (stranger) return { number, idle_ms: Number.POSITIVE_INFINITY };
    const { idleSince_ms } = replies;
    if (idleSince_ms === undefined) continue;
    const idle_ms = now - idleSince_ms;
    if (idlest === undefined || idle_ms > idlest.idle_ms) idlest = { number, idle_ms };
  }
  return idlest;
}
