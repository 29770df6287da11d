/**
 * The socket of one connection: bytes in, requests out. Requests about the daemon itself are
 * answered by `intake.ts`, so that no engine can delay them; those about projects go to the session
 * of their project, all those of a read at once.
 *
 * A client that ends its side may still be reading, or be gone. Writing nothing tells: the system
 * refuses even that (EPIPE) when nobody can read any more.
 */

import type { Socket } from 'node:net';
import type { GoxError } from '../../conf/errors.ts';
import type { Config } from '../../conf/schema.ts';
import type { ConnectionEvent, ConnectionInput, SocketCommand } from '../../machines/connection.ts';
import type { Failures } from '../../transport/failures.ts';
import { Framer } from '../../transport/framing.ts';
import type { Request } from '../../transport/jsonrpc.ts';
import type { Ledger } from '../../transport/ledger.ts';
import { Replies, type RepliesEvents } from '../../transport/replies.ts';
import type { About } from '../about.ts';
import type { AcceptedSockets } from '../listener/server.ts';
import type { Tracer } from '../tracing/tracer.ts';
import type { Trail } from '../tracing/trail.ts';
import { notedToken } from '../upgrade/handles.ts';
import type { Work } from '../watch.ts';
import { trafficOf } from './figures.ts';
import { HandOver } from './hand-over.ts';
import { Intake } from './intake.ts';
import type { IntakeConnection, IntakeDeps } from './intake-deps.ts';
import { Leaving } from './leaving.ts';
import { PartialMessage } from './partial.ts';
import {
  idleForLongest,
  messageCrowdedOut,
  refusalFor,
  stopping,
  strangerCrowdedOut,
} from './refusals.ts';
import { SendWatch } from './send-watch.ts';
import { type PlacedConnection, Sessions } from './sessions.ts';
import { SocketOutput } from './socket-output.ts';

export interface SocketDeps extends IntakeDeps {
  readonly sockets: AcceptedSockets;
  readonly config: Config;
  /** Where sessions find their connection, by its number. */
  readonly connections: Map<number, PlacedConnection>;
  readonly ledger: Ledger;
  readonly failures: Failures;
  readonly tracer: Tracer;
  /** Hears of a defect that ended a connection. */
  readonly onConnectionDefect: (about: About, error: unknown) => void;
  /** Hears of a client that is cut since it takes nothing of what waits for it. */
  readonly onOutputOverdue: (connection: string, unread_bytes: number) => void;
}

/** How long an ended connection may make no progress in reading its last replies. */
const UNREAD_TIMEOUT_MS = 10_000;

/**
 * Of a message that is half there, so much is kept even when the daemon holds too much, and of one
 * that shows a token, if that is what it is.
 */
const PARTIAL_BYTES_KEPT = 64 * 1024;

/** The socket of a client, its replies and its sessions. */
export class ClientSocket implements IntakeConnection, PlacedConnection {
  readonly name: string;
  readonly address: string;
  readonly guest: boolean;
  readonly trust: ConnectionInput['trust'];
  readonly intake: Intake;
  readonly replies: Replies;
  readonly sessions: Sessions;
  readonly trail: Trail;
  readonly handOver: HandOver;
  readonly #socket: Socket;
  readonly #output: SocketOutput;
  readonly #sending: SendWatch;
  readonly #deps: SocketDeps;
  readonly #say: (event: ConnectionEvent) => void;
  readonly #framer: Framer<Request>;
  readonly #work: () => Pick<Work, 'touch' | 'renew'>;
  readonly #partial: PartialMessage;
  /** Nothing is read for now: what was read must be answered, or its replies read, first. */
  #paused = false;
  /** What is read means nothing any more. */
  #ended = false;
  /** To be told when no request is under way. */
  #draining = false;
  /** The daemon ends. */
  readonly #leaving: Leaving;

  constructor(
    socket: Socket,
    { number, guest, trust }: ConnectionInput,
    deps: SocketDeps,
    trail: Trail,
    say: (event: ConnectionEvent) => void,
    work: () => Pick<Work, 'touch' | 'renew'>,
  ) {
    this.#work = work;
    this.name = String(number);
    this.address = socket.remoteAddress ?? '';
    this.guest = guest;
    this.trust = trust;
    this.trail = trail;
    this.#socket = socket;
    this.handOver = new HandOver(socket, {
      say,
      pending: () => this.#framer.pending(),
      token: () => this.intake.standing.token,
    });
    this.#deps = deps;
    this.#say = say;
    const { config, ledger, failures } = deps;
    this.#output = new SocketOutput(socket);
    this.#sending = new SendWatch(deps.clock, config, this.#output, () => this.#unread());
    this.#framer = new Framer(config, deps.reader.plain);
    const stalled = (error: GoxError) => this.#attempt(() => this.#stalled(error));
    this.#partial = new PartialMessage(deps, this.#framer, say, stalled);
    const events: RepliesEvents = {
      flow: () => this.#flow(),
      unblocked: () => this.sessions.resume(),
      idle: () => this.#sayIdle(),
      failed: (error) => this.failed(error),
    };
    const framing = () => this.#framer.framing;
    this.replies = new Replies(this.#output, framing, config, ledger, events, failures);
    this.sessions = new Sessions(
      this.replies,
      (need) => say({ type: 'session.needed', ...need }),
      (request) => deps.deadlines.forget(request),
    );
    this.intake = new Intake(deps, this);
    const tell = () => {
      const timeout_ms = config.performance.shutdown_timeout_ms;
      this.intake.notify('server.draining', { timeout_ms });
      this.replies.flush();
    };
    this.#leaving = new Leaving(socket, tell, () => this.#lingered());
    socket.on('data', (chunk) => this.#attempt(() => this.#read(chunk)));
    socket.on('end', () => this.#attempt(() => this.#readEnd()));
    // What goes wrong with a client's connection ends that connection: `close` follows.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#attempt(() => this.#closed()));
    this.intake.standing.recognise(notedToken(socket), () => this.authenticated());
    socket.resume();
    // What became of it while it waited to be taken (`actors/listener/door.ts`) is said no more.
    if (socket.closed) queueMicrotask(() => this.#attempt(() => this.#closed()));
    else if (socket.readableEnded) queueMicrotask(() => this.#attempt(() => this.#readEnd()));
  }

  /** Requests that wait for an engine. */
  get queued(): number {
    return this.intake.queued;
  }

  get traffic() {
    return trafficOf(this.#socket);
  }

  get stranger(): boolean {
    return !this.guest && !this.#ended && this.#unknown;
  }

  giveWay = (): void => {
    this.#say({ type: 'connection.yield' });
    // The answer to a wrong token is waited for no longer.
    if (!this.#unknown) return;
    this.intake.giveUp(idleForLongest());
    this.replies.flush();
  };

  endIdleSessions(): void {
    const end = () => this.#say({ type: 'sessions.unused' });
    if (this.sessions.look()) this.#attempt(end);
  }

  obey(command: SocketCommand): void {
    switch (command.type) {
      case 'socket.refuse':
        this.intake.refuse(refusalFor(command.why, this.#deps.config));
        this.replies.flush();
        return;
      case 'socket.drain':
        this.#ended = true;
        this.#drain();
        return;
      case 'socket.hand_over':
        this.handOver.begin();
        this.#partial.pause();
        this.#draining = true;
        this.replies.flush();
        return;
      case 'socket.take_back':
        this.#draining = false;
        this.handOver.resume();
        if (!this.#paused) this.#partial.resume();
        this.#flow();
        return;
      case 'socket.leave':
        this.#leave();
        return;
      case 'socket.refuse_new':
        this.intake.refuseAll(stopping());
        this.#leave();
        return;
      case 'socket.give_up':
        this.#leaving.stay();
        this.intake.giveUp(stopping());
        this.sessions.giveUp(stopping());
        this.replies.flush();
        return;
      case 'socket.refuse_rest':
        this.intake.giveUp(stopping());
        this.sessions.refuseRest(stopping());
        this.replies.flush();
        return;
      case 'socket.probe':
        if (this.#socket.writable) this.#socket.write('');
        return;
      case 'socket.end':
        this.#end();
        return;
      case 'socket.destroy':
        this.#socket.destroy();
    }
  }

  authenticated(): void {
    this.#say({ type: 'connection.authenticated' });
  }

  finish(): void {
    this.#say({ type: 'input.ended' });
  }

  close(): void {
    this.handOver.settle();
    this.#leaving.end();
    this.#sending.end();
    this.#partial.end();
    this.intake.end();
    this.replies.end();
    this.trail.end();
    this.#socket.destroy();
  }

  #read(chunk: Uint8Array): void {
    if (this.#ended) return;
    const events = this.#framer.push(chunk);
    const fatal = this.intake.take(events);
    const pending = this.#framer.pending();
    const crowdedOut = pending > PARTIAL_BYTES_KEPT && this.#crowdedOut();
    this.handOver.read(chunk);
    this.replies.account(crowdedOut ? 0 : pending);
    this.replies.flush();
    this.#partial.read(events.length > 0);
    if (fatal || crowdedOut) this.#say({ type: 'input.ended' });
    this.#work().touch();
  }

  /** Whether it must show a token, and has not. */
  get #unknown(): boolean {
    return this.intake.standing.gate !== undefined;
  }

  /** Whether a message that is large and half there cannot be kept; the client is told so then. */
  #crowdedOut(): boolean {
    const stranger = this.#unknown;
    if (!stranger && !this.#deps.ledger.full) return false;
    const most = `messages of ${PARTIAL_BYTES_KEPT} bytes at the most`;
    const { held_bytes_max } = this.#deps.config.limits;
    this.intake.refuse(stranger ? strangerCrowdedOut(most) : messageCrowdedOut(held_bytes_max));
    return true;
  }

  /** The rest of a text does not come. */
  #stalled(error: GoxError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.intake.refuse(error);
    this.replies.flush();
    this.#say({ type: 'input.ended' });
  }

  #readEnd(): void {
    if (!this.#ended) {
      const rest = this.#framer.end();
      if (rest !== undefined) this.intake.take([rest]);
      this.replies.flush();
    }
    // Who is owed nothing any more is let go at once: `socket.closed` follows.
    const owed = this.replies.open > 0 || this.#output.unread_bytes > 0;
    if (owed || this.#draining || this.handOver.begun) this.#say({ type: 'input.ended' });
    else this.#end();
  }

  #end(): void {
    this.#ended = true;
    this.#output.end();
    // The replies must be read some time; as long as that goes on, it may.
    this.#socket.setTimeout(UNREAD_TIMEOUT_MS, () => this.#socket.destroy());
  }

  #closed(): void {
    this.#partial.end();
    this.replies.abandon();
    this.sessions.abandon();
    this.intake.abandon();
    this.replies.account();
    this.#draining = true;
    this.#leaving.stay();
    const under_way = this.replies.open > 0;
    this.#say({ type: 'socket.closed', under_way, idle: !under_way && this.sessions.idle });
    this.#sayIdle();
  }

  /** Reads, or does not, by what waits. The time of half a message counts only while we read. */
  #flow(): void {
    this.intake.resume();
    if (this.#output.unread_bytes > 0) this.#sending.begin();
    if (this.handOver.begun) this.#sayIdle();
    const paused = this.replies.blocked || this.replies.crowded;
    const asIs = paused === this.#paused || this.handOver.begun;
    if (asIs || this.#socket.destroyed) return;
    this.#paused = paused;
    if (paused) {
      this.#socket.pause();
      this.#partial.pause();
      this.#say({ type: 'reading.paused' });
    } else {
      this.#socket.resume();
      this.#say({ type: 'reading.resumed' });
      this.#work().renew();
      this.#partial.resume();
    }
  }

  #leave(): void {
    this.#announce();
    this.#leaving.linger();
    this.#drain();
  }

  #drain(): void {
    this.#draining = true;
    this.replies.ending();
    this.replies.flush();
  }

  #sayIdle(): void {
    this.#work().touch();
    if (!this.#draining || this.replies.open > 0) return;
    const { begun, ready } = this.handOver;
    if (begun && !ready) return;
    // It comes back here when it has lingered, as what is flushed does.
    if (!begun && (this.#leaving.lingers || this.#leaving.giveNotice())) return;
    this.#draining = false;
    this.#say({ type: 'socket.idle' });
    if (begun) this.handOver.settle();
  }

  /** Who has asked for something is told; at once, if it cannot take that for a reply. */
  #announce(): void {
    const asked = this.#socket.bytesRead > 0 && this.intake.standing.gate === undefined;
    if (!asked || this.#ended) return;
    const { authenticated } = this.intake.standing;
    this.#leaving.announce(authenticated || this.#framer.framing === 'header');
  }

  /** The client takes nothing of what waits for it. */
  #unread(): void {
    this.#deps.onOutputOverdue(this.name, this.#output.unread_bytes);
    this.#say({ type: 'output.overdue' });
  }

  /** What the client sent before it could know is read by now. */
  #lingered(): void {
    if (this.#partial.there) {
      this.intake.refuse(stopping());
      this.replies.flush();
    }
    this.#sayIdle();
  }

  /** A defect in what this connection asked for ends this connection, and nothing else. */
  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.failed(error);
    }
  }

  failed(error: unknown): void {
    this.#deps.onConnectionDefect({ connection: Number(this.name) }, error);
    this.#socket.destroy();
  }
}
