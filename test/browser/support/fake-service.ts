/**
 * A service that speaks the protocol of the inspector and has no actors: a test says what there is
 * and what happens, as much of it as it likes. It serves the built page too.
 */

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import type {
  ActorVitals,
  Command,
  Delay,
  Greeting,
  Message,
  Obituary,
  SendEvent,
  ShowToken,
  Transition,
} from '../../../supervisor/inspector/protocol.ts';
import { ROOT } from '../../support/modules.ts';

const PAGE = join(ROOT, 'dist/inspector-page');
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  js: 'text/javascript',
  css: 'text/css',
};

export interface FakeActor {
  readonly session: string;
  readonly id: string;
  readonly parent?: string;
  readonly source?: string;
  readonly kind?: 'machine' | 'effect';
  /** A definition of xstate 4. */
  readonly machine: object;
  readonly born_ms: number;
  value: unknown;
  context: unknown;
}

export class FakeService {
  title = 'a service of tests';
  sending: Greeting['sending'] = 'token';
  dead: readonly Obituary[] = [];
  /** What pages sent to actors, and were not refused. */
  readonly sent: SendEvent[] = [];
  readonly actors = new Map<string, FakeActor>();
  /** As one does that does not know the token. */
  refusing = false;
  readonly #server: Server = createServer((request, response) =>
    this.refusing ? response.writeHead(403).end() : serve(request, response),
  );
  readonly #sockets = new WebSocketServer({
    server: this.#server,
    verifyClient: () => !this.refusing,
  });
  readonly #ready = new Set<WebSocket>();
  readonly #allowed = new Set<WebSocket>();
  readonly #vitals: Record<string, { events: number } & Partial<ActorVitals>> = {};
  #beat: NodeJS.Timeout | undefined;

  /** Returns the URL of the page. */
  async start(port = 0): Promise<string> {
    this.#sockets.on('connection', (socket) => {
      socket.on('message', (data) => this.#hear(socket, JSON.parse(String(data)) as Command));
      socket.on('close', () => this.#ready.delete(socket));
    });
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    this.#beat = setInterval(() => this.#tellVitals(), 500);
    return `http://127.0.0.1:${this.port}/?token=t`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    clearInterval(this.#beat);
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  spawn(actor: Omit<FakeActor, 'born_ms'> & { born_ms?: number }): void {
    const whole = { born_ms: Date.now(), ...actor };
    this.actors.set(actor.session, whole);
    this.#tell(registered(whole));
  }

  /** An actor gets an event, and is in another state then. */
  change(
    session: string,
    to: { value?: unknown; context?: unknown; delays?: readonly Delay[] },
    transition?: Transition,
  ): void {
    const actor = this.actors.get(session);
    if (actor === undefined) throw new Error(`there is no ${session}`);
    if (to.value !== undefined) actor.value = to.value;
    if (to.context !== undefined) actor.context = to.context;
    this.#tell({
      type: 'service.state',
      state: stateJson(actor),
      sessionId: session,
      at_ms: Date.now(),
      transitions: transition === undefined ? [] : [transition],
      delays: to.delays ?? [],
    });
  }

  send(to: string, type: string, payload: object = {}, from?: string, flow?: string): void {
    const event = { name: type, data: { type, ...payload }, $$type: 'scxml', type: 'external' };
    const counted = this.#vitalsOf(to);
    counted.events += 1;
    this.#tell({
      type: 'service.event',
      event: JSON.stringify(event),
      sessionId: to,
      at_ms: Date.now(),
      ...(from === undefined ? {} : { from }),
      ...(flow === undefined ? {} : { flow, sampled: true }),
    });
  }

  end(session: string, status: 'done' | 'error' | 'stopped', last?: unknown): void {
    this.actors.delete(session);
    const at_ms = Date.now();
    const words = last === undefined ? {} : { last: JSON.stringify(last) };
    this.#tell({ type: 'service.stop', sessionId: session, at_ms, status, ...words });
  }

  /** Told with the next vitals. */
  figures(session: string, vitals: Partial<ActorVitals>): void {
    Object.assign(this.#vitalsOf(session), vitals);
  }

  #vitalsOf(session: string): { events: number } & Partial<ActorVitals> {
    this.#vitals[session] ??= { events: 0 };
    return this.#vitals[session];
  }

  #hear(socket: WebSocket, command: Command): void {
    if (command.type === 'inspector.hello') this.#greet(socket);
    if (command.type === 'inspector.takes') {
      const { number } = command;
      socket.send(JSON.stringify({ type: 'service.answer', number }));
      return;
    }
    if (command.type !== 'inspector.token' && command.type !== 'xstate.event') return;
    const { number } = command;
    const error = this.#do(socket, command);
    const what = error === undefined ? {} : { error };
    socket.send(JSON.stringify({ type: 'service.answer', number, ...what }));
  }

  #do(socket: WebSocket, command: SendEvent | ShowToken): string | undefined {
    if (command.type === 'inspector.token') {
      if (command.token !== 'secret') return 'this is not the token';
      this.#allowed.add(socket);
      return undefined;
    }
    if (this.sending === 'token' && !this.#allowed.has(socket)) return 'a token is needed';
    this.sent.push(command);
    return undefined;
  }

  #greet(socket: WebSocket): void {
    const { title, sending, dead } = this;
    const now_ms = Date.now();
    socket.send(JSON.stringify({ type: 'service.greeting', title, now_ms, sending, dead }));
    for (const actor of this.actors.values()) socket.send(JSON.stringify(registered(actor)));
    this.#ready.add(socket);
  }

  #tellVitals(): void {
    this.#tell({
      type: 'service.vitals',
      at_ms: Date.now(),
      actors: structuredClone(this.#vitals),
      dropped: { events: 0, states: 0, messages: 0 },
      hidden: 0,
    });
    for (const session of Object.keys(this.#vitals)) delete this.#vitals[session];
  }

  #tell(message: Message): void {
    if (this.#ready.size === 0) return;
    const text = JSON.stringify(message);
    for (const socket of this.#ready) socket.send(text);
  }
}

function registered(actor: FakeActor): Message {
  const { session, id, parent, source, kind, machine, born_ms } = actor;
  return {
    type: 'service.register',
    machine: JSON.stringify(machine),
    state: stateJson(actor),
    id,
    sessionId: session,
    ...(parent === undefined ? {} : { parent }),
    ...(source === undefined ? {} : { source }),
    kind: kind ?? 'machine',
    born_ms,
  };
}

function stateJson({ value, context }: FakeActor): string {
  return JSON.stringify({ value, context, _event: {}, event: {}, children: {} });
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const name = pathname === '/' ? 'index.html' : pathname.slice(1);
  if (!/^[a-z.-]+$/.test(name)) {
    response.writeHead(404).end();
    return;
  }
  try {
    const body = readFileSync(join(PAGE, name));
    const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'text/plain';
    response.writeHead(200, { 'content-type': type }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}
