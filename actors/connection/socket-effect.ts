/** The `socket` effect of a connection: an accepted socket has a client from here on. */

import { fromCallback } from 'xstate';
import type { ConnectionEvent, ConnectionInput, SocketCommand } from '../../machines/connection.ts';
import { listenerOf } from '../tracing/tracer.ts';
import { reportFigures } from '../vitals.ts';
import { showWork } from '../watch.ts';
import { countTraffic, socketFigures } from './figures.ts';
import { ClientSocket, type SocketDeps } from './socket.ts';

/** The `socket` effect of a connection. */
export function socketEffect(deps: SocketDeps) {
  return fromCallback<SocketCommand, ConnectionInput>(({ input, receive, sendBack, self }) => {
    const { number, accepted } = input;
    const socket = deps.sockets.get(accepted);
    if (socket === undefined) throw new Error(`there is no accepted socket ${accepted}`);
    deps.sockets.delete(accepted);
    const say = sendBack as (event: ConnectionEvent) => void;
    const trail = deps.tracer.open(number, listenerOf(self), socket);
    const client: ClientSocket = new ClientSocket(socket, input, deps, trail, say, () => work);
    const work = showWork(self, () => client.replies.open > 0, say);
    deps.connections.set(number, client);
    deps.counters.connections += 1;
    reportFigures(self, () => socketFigures(socket, client));
    receive((command) => client.obey(command));
    return () => {
      deps.connections.delete(number);
      countTraffic(deps.counters, socket);
      client.close();
      work.end();
    };
  });
}
