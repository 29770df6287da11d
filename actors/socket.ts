/**
 * The socket of one connection: bytes in, requests out. Requests about the daemon itself are answered
 * on the spot, so that no engine can delay them; those about projects go to the connection in groups,
 * one for each project, all those of a read at once.
 */

import { fromCallback } from 'xstate';
import { GoxError } from '../conf/errors.ts';
import type { ConnectionChildInput, ConnectionEvent, SocketCommand } from '../machines/connection.ts';
import { Framer } from '../transport/framing.ts';
import { Intake, type IntakeDeps } from './intake.ts';
import type { AcceptedSockets } from './server.ts';
import { reportFigures } from './vitals.ts';
import { Wire } from './wire.ts';

export interface SocketDeps extends IntakeDeps {
  readonly sockets: AcceptedSockets;
  /** Where sessions find the replies of their connection, by its number. */
  readonly wires: Map<number, Wire>;
}

/** How long an ended connection may make no progress in reading its last replies. */
const UNREAD_TIMEOUT_MS = 10_000;

/** The `socket` effect of a connection. */
export function socketEffect(deps: SocketDeps) {
  return fromCallback<SocketCommand, ConnectionChildInput>(
    ({ input, receive, sendBack, self }) => {
      const { number, config } = input;
      const say = sendBack as (event: ConnectionEvent) => void;
      const socket = deps.sockets.get(number);
      if (socket === undefined) throw new Error(`there is no accepted socket ${number}`);
      deps.sockets.delete(number);
      const framer = new Framer(config.limits);
      const wire = new Wire(
        socket,
        () => framer.framing,
        config.limits.output_bytes_max,
        () => say({ type: 'output.full' }),
      );
      deps.wires.set(number, wire);
      const intake = new Intake(deps, wire, config.limits);
      let partial = false;
      let ended = false;

      socket.setNoDelay(true);
      socket.on('data', (chunk) => {
        const events = framer.push(chunk);
        const { groups, fatal } = intake.take(events);
        if (groups.length > 0) say({ type: 'requests.received', groups });
        wire.flush();
        const pending = framer.pending() > 0;
        if (pending && (!partial || events.length > 0)) say({ type: 'frame.partial' });
        else if (!pending && partial) say({ type: 'frame.whole' });
        partial = pending;
        if (fatal) end();
      });
      socket.on('end', () => {
        const rest = framer.end();
        if (rest !== undefined && !ended) intake.take([rest]);
        end();
      });
      socket.on('drain', () => {
        if (wire.drained()) say({ type: 'output.drained' });
      });
      // What went wrong with a client's connection ends that connection: `close` follows.
      socket.on('error', () => socket.destroy());
      socket.on('close', () => say({ type: 'socket.closed' }));
      socket.resume();

      /** Nothing more is to be read: the client has ended its side, or sends what nobody can read. */
      function end() {
        ended = true;
        socket?.removeAllListeners('data').resume();
        wire.flush();
        say({ type: 'input.ended' });
      }

      reportFigures(self, () => ({
        in_flight: wire.open,
        bytes_read: socket.bytesRead,
        bytes_written: socket.bytesWritten,
      }));
      receive((command) => {
        switch (command.type) {
          case 'socket.pause':
            socket.pause();
            return;
          case 'socket.resume':
            socket.resume();
            return;
          case 'socket.refuse_partial':
            intake.refuse(
              new GoxError(
                'GOX_FRAME_TIMEOUT',
                'Parse error: the rest of a request did not come within ' +
                  `${config.limits.partial_frame_timeout_ms} ms.`,
              ),
            );
            socket.removeAllListeners('data').resume();
            wire.flush();
            return;
          case 'socket.end':
            wire.flush();
            socket.destroySoon();
            // The replies must be read some time; as long as that goes on, it may.
            socket.setTimeout(UNREAD_TIMEOUT_MS, () => socket.destroy());
            return;
          case 'socket.destroy':
            socket.destroy();
        }
      });
      return () => {
        deps.wires.delete(number);
        socket.destroy();
      };
    },
  );
}
