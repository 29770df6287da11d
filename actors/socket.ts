/**
 * The socket of one connection: bytes in, requests out. Requests about the daemon itself are
 * answered on the spot, so that no engine can delay them; those about projects go to the session of
 * their project, all those of a read at once.
 */

import type { Socket } from 'node:net';
import { fromCallback } from 'xstate';
import { GoxError } from '../conf/errors.ts';
import type { Config } from '../conf/schema.ts';
import type { ConnectionEvent, ConnectionInput, SocketCommand } from '../machines/connection.ts';
import { EnvelopeReader } from '../transport/envelope.ts';
import { Framer } from '../transport/framing.ts';
import type { Request } from '../transport/jsonrpc.ts';
import { Intake, type IntakeDeps } from './intake.ts';
import type { AcceptedSockets } from './server.ts';
import { reportFigures } from './vitals.ts';
import { Wire } from './wire.ts';

export interface SocketDeps extends IntakeDeps {
  readonly sockets: AcceptedSockets;
  /** Where sessions find the wire of their connection, by its number. */
  readonly wires: Map<number, Wire>;
}

/** How long an ended connection may make no progress in reading its last replies. */
const UNREAD_TIMEOUT_MS = 10_000;

/** The `socket` effect of a connection. */
export function socketEffect(deps: SocketDeps) {
  return fromCallback<SocketCommand, ConnectionInput>(({ input, receive, sendBack, self }) => {
    const { number, config } = input;
    const socket = deps.sockets.get(number);
    if (socket === undefined) throw new Error(`there is no accepted socket ${number}`);
    deps.sockets.delete(number);
    const line = new Line(socket, config, deps, sendBack as (event: ConnectionEvent) => void);
    deps.wires.set(number, line.wire);
    reportFigures(self, () => ({
      in_flight: line.wire.open,
      bytes_read: socket.bytesRead,
      bytes_written: socket.bytesWritten,
    }));
    receive((command) => line.obey(command));
    return () => {
      deps.wires.delete(number);
      socket.destroy();
    };
  });
}

class Line {
  readonly wire: Wire;
  readonly #socket: Socket;
  readonly #limits: Config['limits'];
  readonly #say: (event: ConnectionEvent) => void;
  readonly #framer: Framer<Request>;
  readonly #intake: Intake;
  /** A request has begun to arrive. */
  #partial = false;
  /** Nothing more is read: the client has ended its side, or the daemon is stopping. */
  #ended = false;
  /** To be told when no request is under way. */
  #draining = false;

  constructor(
    socket: Socket,
    { limits }: Config,
    deps: IntakeDeps,
    say: (event: ConnectionEvent) => void,
  ) {
    this.#socket = socket;
    this.#limits = limits;
    this.#say = say;
    const reader = new EnvelopeReader(limits);
    this.#framer = new Framer(limits, reader.plain);
    this.wire = new Wire(socket, () => this.#framer.framing, limits.output_bytes_max, {
      full: () => say({ type: 'output.full' }),
      sessionNeeded: (session, retire) => say({ type: 'session.needed', session, retire }),
      idle: () => this.#sayIdle(),
    });
    this.#intake = new Intake(deps, this.wire, limits, reader);
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('end', () => this.#readEnd());
    socket.on('drain', () => {
      if (this.wire.drained()) say({ type: 'output.drained' });
    });
    // What goes wrong with a client's connection ends that connection: `close` follows.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => say({ type: 'socket.closed' }));
    socket.resume();
  }

  obey(command: SocketCommand): void {
    switch (command.type) {
      case 'socket.pause':
        this.wire.hold();
        // When draining, what comes is dropped, and reading tells when the client has gone.
        if (!this.#ended) this.#socket.pause();
        return;
      case 'socket.resume':
        this.#socket.resume();
        this.wire.release();
        return;
      case 'socket.refuse_partial':
        this.#intake.refuse(this.#partialError());
        return;
      case 'socket.drain':
        this.#ended = true;
        this.#draining = true;
        this.#socket.resume();
        this.wire.flush();
        return;
      case 'socket.end':
        this.#socket.destroySoon();
        // The replies must be read some time; as long as that goes on, it may.
        this.#socket.setTimeout(UNREAD_TIMEOUT_MS, () => this.#socket.destroy());
        return;
      case 'socket.destroy':
        this.#socket.destroy();
    }
  }

  #read(chunk: Uint8Array): void {
    if (this.#ended) return;
    const events = this.#framer.push(chunk);
    const fatal = this.#intake.take(events);
    this.wire.flush();
    const partial = this.#framer.pending() > 0;
    if (partial && (!this.#partial || events.length > 0)) this.#say({ type: 'frame.partial' });
    else if (!partial && this.#partial) this.#say({ type: 'frame.whole' });
    this.#partial = partial;
    if (fatal) this.#say({ type: 'input.ended' });
  }

  #readEnd(): void {
    if (this.#ended) return;
    const rest = this.#framer.end();
    if (rest !== undefined) this.#intake.take([rest]);
    this.#say({ type: 'input.ended' });
  }

  #sayIdle(): void {
    if (!this.#draining) return;
    this.#draining = false;
    this.#say({ type: 'socket.idle' });
  }

  #partialError(): GoxError {
    const { partial_frame_timeout_ms } = this.#limits;
    const text = `Parse error: a request's rest did not come in ${partial_frame_timeout_ms} ms.`;
    return new GoxError('GOX_FRAME_TIMEOUT', text, { partial_frame_timeout_ms });
  }
}
