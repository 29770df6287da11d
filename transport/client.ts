/**
 * The client library: calls to a running daemon, any number of them at a time over one connection.
 *
 *     const client = await connect({ path: '/run/goxel/goxel.sock' });
 *     await client.call('goxel.add_voxel', { x: 1, y: 2, z: 3, color: '#3366cc' });
 *     await client.close();
 */
import { EventEmitter, once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { abortion, type CallMeta, type CallOptions, Calls, type Replied } from './client-calls.ts';
import { type ClientCodec, goxeMsgpack, jsonLines } from './client-codec.ts';
import { ClientError, clientError } from './client-error.ts';
import { Framer } from './framing.ts';
import type { FramingEvent, ReplyMeta } from './jsonrpc.ts';

export type { CallMeta, CallOptions } from './client-calls.ts';
export { CLIENT_ERRORS, ClientError, type ClientErrorCode } from './client-error.ts';
export type { ReplyMeta } from './jsonrpc.ts';

/** Where the daemon listens. */
export type Address = { readonly path: string } | { readonly host?: string; readonly port: number };

export interface ClientOptions {
  /** Milliseconds for the connection to come about; 5000 if absent. */
  readonly connect_timeout_ms?: number;
  /**
   * Milliseconds for each call, unless it says otherwise; 0, which is the default, for no limit but
   * those of the daemon: it ends every request some time, and by `limits.job_timeout_ms` long ones
   * have more than any number here could guess.
   */
  readonly timeout_ms?: number;
  /** Bytes of one reply or array of replies; 256 MiB if absent. More end the connection. */
  readonly reply_bytes_max?: number;
  /** JSON texts on lines, the default, or MessagePack in GOXE frames. */
  readonly encoding?: 'json' | 'msgpack';
  /** Shown to the daemon before anything else, for one that asks for it. */
  readonly token?: string;
}

/** Named or positional. */
export type Params = Readonly<Record<string, unknown>> | readonly unknown[];

/** One request of a batch; `notify` asks for no reply. */
export interface BatchCall extends CallMeta {
  readonly method: string;
  readonly params?: Params;
  readonly notify?: boolean;
}

/** What became of one call of a batch. */
export type BatchResult =
  | { readonly ok: true; readonly result: unknown; readonly meta?: ReplyMeta }
  | { readonly ok: false; readonly error: ClientError };

interface ClientEvents {
  /** The connection has ended; with the reason unless `close` was called. All calls are settled. */
  close: [error: ClientError | undefined];
  /** The daemon said something that nobody asked for, such as progress. */
  notification: [method: string, params: unknown];
}

const CONNECT_TIMEOUT_MS = 5000;
/**
 * How long a Unix socket may refuse: its file is there a moment before anybody listens, and who
 * waits for the file may be that quick. One whose daemon was killed refuses for ever.
 */
const REFUSES_MS_MAX = 200;
const AGAIN_MS = 5;
const REPLY_BYTES_MAX = 256 * 1024 * 1024;
const REPLY_DEPTH_MAX = 512;
const HEADER_BYTES_MAX = 4096;
/** How long `close` waits for the other side to end before it cuts the connection. */
const CLOSE_TIMEOUT_MS = 1000;

/**
 * Connects to a daemon, and shows it the token if there is one.
 *
 * @throws ClientError `CLIENT_CONNECT`, or `GOX_TOKEN_REFUSED`
 */
export async function connect(address: Address, options: ClientOptions = {}): Promise<Client> {
  const timeout_ms = options.connect_timeout_ms ?? CONNECT_TIMEOUT_MS;
  const signal = AbortSignal.timeout(timeout_ms);
  let socket: Socket | undefined;
  try {
    socket = await connected(address, timeout_ms, signal);
    const client = new Client(socket, options);
    const { token } = options;
    if (token !== undefined) await client.call('system.authenticate', { token }, { signal });
    return client;
  } catch (cause) {
    socket?.destroy();
    const remote = cause instanceof ClientError && !signal.aborted;
    if (remote) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const text = signal.aborted ? `no answer within ${timeout_ms} ms` : reason;
    throw clientError('CLIENT_CONNECT', `Cannot connect: ${text}.`, cause);
  }
}

async function connected(
  address: Address,
  timeout_ms: number,
  signal: AbortSignal,
): Promise<Socket> {
  // Who has less time than that is told of the refusal, not of the time.
  const again_ms = 'path' in address ? Math.min(REFUSES_MS_MAX, timeout_ms / 2) : 0;
  const until_ms = performance.now() + again_ms;
  for (;;) {
    const socket = createConnection({ ...address });
    try {
      await once(socket, 'connect', { signal });
      return socket;
    } catch (error) {
      socket.destroy();
      const refused = (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
      if (!refused || performance.now() >= until_ms) throw error;
      await sleep(AGAIN_MS, undefined, { signal });
    }
  }
}

/** A connection to a daemon; made by `connect`. */
export class Client extends EventEmitter<ClientEvents> {
  readonly #socket: Socket;
  readonly #codec: ClientCodec;
  readonly #framer: Framer;
  readonly #timeout_ms: number;
  readonly #calls = new Calls((ids) => this.#cancel(ids));
  /** Why the connection ended, or is about to. */
  #failure: ClientError | undefined;
  #closing: Promise<void> | undefined;

  constructor(socket: Socket, options: ClientOptions = {}) {
    super();
    this.#socket = socket;
    this.#codec = options.encoding === 'msgpack' ? goxeMsgpack : jsonLines;
    this.#timeout_ms = options.timeout_ms ?? 0;
    const limits = {
      frame_bytes_max: options.reply_bytes_max ?? REPLY_BYTES_MAX,
      header_bytes_max: HEADER_BYTES_MAX,
      depth_max: REPLY_DEPTH_MAX,
    };
    this.#framer = new Framer({ limits });
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('end', () => {
      this.#fail('The daemon ended the connection.');
      // What is not sent yet may never be, if nobody reads there any more.
      socket.destroy();
    });
    socket.on('error', (error) => this.#fail(`The connection broke: ${error.message}.`, error));
    socket.on('close', () => this.#ended());
  }

  /** Calls that wait for their replies. */
  get in_flight(): number {
    return this.#calls.count;
  }

  /**
   * Calls a method and returns its result. Calls need not wait for each other; those made in one
   * turn of the event loop leave in one write.
   *
   * @throws ClientError what the daemon answered, or one of `CLIENT_ERRORS`
   */
  async call<Result = unknown>(
    method: string,
    params?: Params,
    options: CallOptions & CallMeta = {},
  ): Promise<Result> {
    return (await this.#ask(method, params, options)).result as Result;
  }

  /**
   * As `call`, with what the reply says beside its result: the sequence and the epoch of what it
   * tells of, and whether an edit was carried out before.
   */
  async callForMeta<Result = unknown>(
    method: string,
    params?: Params,
    options: CallOptions & CallMeta = {},
  ): Promise<{ readonly result: Result; readonly meta: ReplyMeta | undefined }> {
    const { result, meta } = await this.#ask(method, params, { durability: true, ...options });
    return { result: result as Result, meta: meta as ReplyMeta | undefined };
  }

  async #ask(
    method: string,
    params: Params | undefined,
    options: CallOptions & CallMeta,
  ): Promise<Replied> {
    this.#checkOpen(options.signal);
    const asked = withMeta(params, options);
    const timeout_ms = options.timeout_ms ?? this.#timeout_ms;
    const { ids, replies } = this.#calls.open(1, timeout_ms, options.signal);
    this.#send(request(method, asked, ids[0]), ids);
    return (await replies[0])!;
  }

  /**
   * Sends a request that is not answered, whatever becomes of it.
   *
   * @param meta an edit may have an `op_id`, with which it can be sent again
   * @throws ClientError `CLIENT_CLOSED` or `CLIENT_ENCODING`
   */
  notify(method: string, params?: Params, meta: CallMeta = {}): void {
    this.#checkOpen();
    this.#send(request(method, withMeta(params, meta)), []);
  }

  /**
   * Sends requests as one batch. What became of each comes back in the order of the batch, without
   * the notifications.
   *
   * @throws ClientError when nothing was sent, since the connection had ended or the signal was
   * aborted
   */
  async batch(requests: readonly BatchCall[], options: CallOptions = {}): Promise<BatchResult[]> {
    this.#checkOpen(options.signal);
    if (requests.length === 0) return [];
    const asked = requests.map(({ params, ...one }) => withMeta(params, { ...options, ...one }));
    const count = requests.filter(({ notify }) => notify !== true).length;
    const timeout_ms = options.timeout_ms ?? this.#timeout_ms;
    const { ids, replies } = this.#calls.open(count, timeout_ms, options.signal);
    const outcomes = Promise.all(replies.map(outcome));
    let used = 0;
    const messages = requests.map(({ method, notify }, i) =>
      request(method, asked[i], notify === true ? undefined : ids[used++]),
    );
    this.#send(messages, ids);
    return await outcomes;
  }

  /** Ends the connection once all that was sent is out; calls in flight are given up. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      const waiting = this.#calls.count > 0;
      this.#failure ??= clientError('CLIENT_CLOSED', 'The client was closed.');
      this.#calls.rejectAll(this.#failure);
      if (this.#socket.closed) {
        resolve();
        return;
      }
      const timer = setTimeout(() => this.#socket.destroy(), CLOSE_TIMEOUT_MS);
      this.#socket.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      // Replies that still come are for nobody; the daemon is to see that, and end what it can.
      if (waiting) this.#socket.destroySoon();
      else this.#socket.end();
    });
    return this.#closing;
  }

  /** Tells the daemon that nobody waits for these any more. */
  #cancel(ids: readonly number[]): void {
    if (this.#failure !== undefined) return;
    for (const id of ids) this.#send(request('$/cancelRequest', { id }), []);
  }

  #checkOpen(signal?: AbortSignal): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (signal?.aborted === true) throw abortion(signal);
  }

  /** Sends a message; if it cannot be encoded it rejects its calls, or throws if it has none. */
  #send(message: unknown, ids: readonly number[]): void {
    let bytes: Uint8Array | string;
    try {
      bytes = this.#codec.encode(message);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const text = `The request cannot be encoded: ${reason}.`;
      const error = clientError('CLIENT_ENCODING', text, cause);
      if (ids.length === 0) throw error;
      for (const id of ids) this.#calls.reject(id, error);
      return;
    }
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork();
      process.nextTick(() => this.#socket.uncork());
    }
    this.#socket.write(bytes);
  }

  #receive(chunk: Uint8Array): void {
    for (const event of this.#framer.push(chunk)) {
      if (this.#failure !== undefined) return;
      this.#take(event);
    }
  }

  #take(event: FramingEvent): void {
    if (event.kind === 'error') {
      this.#refuse(event.error.message, event.error);
      return;
    }
    let value: unknown;
    try {
      value = this.#codec.decode(event);
    } catch (error) {
      this.#refuse('a reply cannot be decoded', error);
      return;
    }
    for (const reply of Array.isArray(value) ? value : [value]) this.#reply(reply);
  }

  #reply(value: unknown): void {
    const message = (typeof value === 'object' ? value : null) as Record<string, unknown> | null;
    if (typeof message?.method === 'string' && message.id === undefined) {
      this.emit('notification', message.method, message.params);
    } else if (message === null || !this.#calls.settle(message)) {
      this.#refuse('a message is no reply to any call');
    }
  }

  /** The other side does not speak as it should: nothing that follows can be relied on. */
  #refuse(reason: string, cause?: unknown): void {
    this.#failure ??= clientError('CLIENT_PROTOCOL', `Not a JSON-RPC reply: ${reason}.`, cause);
    this.#calls.rejectAll(this.#failure);
    this.#socket.destroy();
  }

  #fail(reason: string, cause?: unknown): void {
    this.#failure ??= clientError('CLIENT_CLOSED', reason, cause);
    this.#calls.rejectAll(this.#failure);
  }

  #ended(): void {
    this.#fail('The connection was closed.');
    this.emit('close', this.#closing === undefined ? this.#failure : undefined);
  }
}

function request(method: string, params?: Params, id?: number): Record<string, unknown> {
  const message: Record<string, unknown> = { jsonrpc: '2.0' };
  if (id !== undefined) message.id = id;
  message.method = method;
  if (params !== undefined) message.params = params;
  return message;
}

/**
 * Parameters with what the daemon is to know of the request. A list has no room for that: it goes
 * without a time, but not without its `op_id`.
 */
function withMeta(
  params: Params | undefined,
  { timeout_ms = 0, op_id, durability }: CallOptions & CallMeta,
): Params | undefined {
  const meta = {
    ...(timeout_ms > 0 ? { timeout_ms: Math.ceil(timeout_ms) } : {}),
    ...(op_id === undefined ? {} : { op_id }),
    ...(durability === true ? { durability } : {}),
  };
  if (Object.keys(meta).length === 0) return params;
  if (Array.isArray(params)) {
    if (op_id === undefined) return params;
    throw clientError('CLIENT_ENCODING', 'An op_id needs parameters by name, not by position.');
  }
  const named = (params ?? {}) as Readonly<Record<string, unknown>>;
  return { ...named, _meta: { ...meta, ...(named._meta as object | undefined) } };
}

function outcome(reply: Promise<Replied>): Promise<BatchResult> {
  return reply.then(
    ({ result, meta }) => ({
      ...{ ok: true, result },
      ...(meta === undefined ? {} : { meta: meta as ReplyMeta }),
    }),
    (error: ClientError) => ({ ok: false, error }),
  );
}
