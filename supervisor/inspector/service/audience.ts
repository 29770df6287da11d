/** All who look. The systems are watched while there is one, and by nothing else. */

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { AnyActorRef } from 'xstate';
import type { Greeting } from '../protocol.ts';
import { Commands } from './commands.ts';
import { Definitions } from './definition.ts';
import { Encoding } from './encoding.ts';
import { Feed } from './feed.ts';
import { Flows } from './flows.ts';
import { Living } from './living.ts';
import { Masking } from './masking.ts';
import type { InspectorLimits, InspectorOptions } from './options.ts';
import { Sending } from './sending.ts';
import { Timers } from './timers.ts';
import { Viewer } from './viewer.ts';

const VITALS_MS = 500;
const DEAD_MAX = 500;
/** Of all viewers, in the time between two tellings. */
const CATCHING_UP_MS = 5;

export class Audience {
  readonly #options: InspectorOptions;
  readonly #limits: InspectorLimits;
  readonly #living: Living;
  readonly #encoding: Encoding;
  readonly #feed: Feed;
  readonly #commands: Commands;
  readonly #server: WebSocketServer;
  readonly #viewers = new Map<WebSocket, Viewer>();
  /** Of the watch; empty while nobody looks. */
  #ends: (() => void)[] = [];
  /** What has thrown: each is told of once. */
  readonly #warned = new Set<string>();
  #closed = false;

  constructor(roots: readonly AnyActorRef[], options: InspectorOptions, limits: InspectorLimits) {
    this.#options = options;
    this.#limits = limits;
    const timers = new Timers();
    // What cannot be asked about is kept secret.
    const masking = new Masking(
      (key) => this.#safely('secret', () => options.secret?.(key) ?? false) ?? true,
    );
    this.#living = new Living(roots, limits.actors_max);
    const onDefect = (error: unknown): void => this.#warn('a part', error);
    this.#encoding = new Encoding(masking, new Definitions(masking), timers, limits, onDefect);
    this.#feed = new Feed({
      ...{ roots, living: this.#living, encoding: this.#encoding, timers, limits },
      flows: new Flows(limits.flows_max),
      describe: (actor) => this.#safely('describe', () => options.describe?.(actor)),
      onDefect,
      reason: (actor) => this.#safely('reason', () => options.reason?.(actor)),
    });
    const { admin = 'never' } = options;
    this.#commands = new Commands({
      sending: new Sending(this.#living, options),
      isAdmin:
        typeof admin === 'function'
          ? (token) => this.#safely('admin', () => admin(token)) === true
          : undefined,
      onLook: (viewer) => this.#look(viewer),
      onHello: (viewer) => this.#greet(viewer),
    });
    this.#server = new WebSocketServer({
      ...{ noServer: true, clientTracking: false, perMessageDeflate: false },
      maxPayload: limits.command_bytes_max,
    });
  }

  get size(): number {
    return this.#viewers.size;
  }

  /** False when there are too many. */
  admit(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    if (this.#closed || this.#viewers.size >= this.#limits.viewers_max) return false;
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#meet(webSocket, socket));
    return true;
  }

  #meet(socket: WebSocket, connection: Duplex): void {
    const viewer = new Viewer(socket, connection, {
      ...{ living: this.#living, feed: this.#feed },
      ...{ encoding: this.#encoding, limits: this.#limits },
    });
    viewer.admin = this.#options.admin === 'always';
    this.#viewers.set(socket, viewer);
    let alive = true;
    // One that says nothing, or no longer reads, is cut off.
    const check = setInterval(() => {
      if (!alive || !viewer.looking) socket.terminate();
      alive = false;
      socket.ping();
    }, this.#limits.unread_ms_max);
    check.unref();
    socket.on('pong', () => {
      alive = true;
    });
    socket.on('message', (data, binary) => {
      alive = true;
      this.#safely('a part', () => this.#commands.take(viewer, binary ? '' : String(data)));
    });
    // What is wrong with it ends it.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(check);
      this.#viewers.delete(socket);
      if (![...this.#viewers.values()].some(({ looking }) => looking)) this.#rest();
    });
  }

  #greet(viewer: Viewer): void {
    viewer.extended = true;
    const { title, admin = 'never', dead } = this.#options;
    viewer.send({
      type: 'service.greeting',
      title: title ?? `process ${process.pid}`,
      now_ms: Date.now(),
      sending: admin === 'always' ? 'allowed' : admin === 'never' ? 'never' : 'token',
      dead: this.#safely('dead', () => dead?.())?.slice(-DEAD_MAX) ?? [],
    } satisfies Greeting);
  }

  #look(viewer: Viewer): void {
    if (this.#closed) return;
    if (this.#ends.length === 0) this.#watch();
    viewer.look();
  }

  #watch(): void {
    const { onLook, messages } = this.#options;
    const turn_away = this.#safely('onLook', () => onLook?.());
    if (turn_away !== undefined) this.#ends.push(() => this.#safely('onLook', turn_away));
    this.#feed.start();
    this.#ends.push(() => this.#feed.stop());
    const quiet = this.#safely('messages', () =>
      messages?.((message) => this.#ends.length > 0 && this.#feed.show(message)),
    );
    if (quiet !== undefined) this.#ends.push(() => this.#safely('messages', quiet));
    const flushes = setInterval(
      () => this.#safely('a part', () => this.#flush()),
      this.#limits.flush_ms,
    ).unref();
    const vitals = setInterval(
      () => this.#safely('a part', () => this.#tellVitals()),
      VITALS_MS,
    ).unref();
    this.#ends.push(() => {
      clearInterval(flushes);
      clearInterval(vitals);
    });
  }

  #rest(): void {
    for (const end of this.#ends.splice(0).reverse()) end();
  }

  #flush(): void {
    const now_ms = performance.now();
    const looking = [...this.#viewers.values()].filter((viewer) => viewer.looking);
    for (const viewer of looking) if (!viewer.reads(now_ms)) viewer.socket.terminate();
    const tellings = this.#feed.tell(looking.some(({ keeps_up }) => keeps_up));
    const end_ms = performance.now() + CATCHING_UP_MS;
    for (const viewer of looking) {
      viewer.together(() => {
        viewer.tell(tellings);
        viewer.catchUp(end_ms);
      });
    }
  }

  #tellVitals(): void {
    this.#feed.sweep();
    const vitals = this.#feed.vitals();
    for (const viewer of this.#viewers.values()) viewer.vitals(vitals);
  }

  /** What throws here must not be felt by the service: neither its own functions nor ours. */
  #safely<T>(what: string, call: () => T): T | undefined {
    try {
      return call();
    } catch (error) {
      this.#warn(what, error);
      return undefined;
    }
  }

  #warn(what: string, error: unknown): void {
    if (this.#warned.has(what)) return;
    this.#warned.add(what);
    const { warn = (text: string) => process.emitWarning(text) } = this.#options;
    warn(`${what} of the inspector has thrown: ${String(error)}`);
  }

  close(): void {
    this.#closed = true;
    this.#commands.close();
    this.#rest();
    for (const socket of this.#viewers.keys()) socket.terminate();
    this.#server.close();
  }
}
