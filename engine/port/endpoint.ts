/**
 * comlink endpoints over a `MessagePort`, and for what is small over two lanes beside it
 * (`lane.ts`). Waking an event loop costs more than a small request does, and a request to an
 * engine wakes two. So after each answer the worker sleeps in its lane for a moment, where it is
 * woken sooner, before it goes back to its event loop; and the main thread stays awake for a moment
 * after it has sent or received something, with its event loop at work (`awake.ts`).
 */

import { type MessagePort, receiveMessageOnPort, type Transferable } from 'node:worker_threads';
import { transfer } from 'comlink';
import type { Awake, Looker } from './awake.ts';
import { Lane, type LaneMessage, ROOM_BYTES } from './lane.ts';
import { Parcels, packed } from './parcels.ts';

type Listener = (event: { data: unknown }) => void;

/** Both ways between two threads, as one of them has them; plain, since it crosses to the other. */
export interface Lanes {
  readonly incoming: SharedArrayBuffer;
  readonly outgoing: SharedArrayBuffer;
}

export function newLanes(): Lanes {
  return { incoming: new Lane().memory, outgoing: new Lane().memory };
}

/** As the other thread has them. */
export function turned({ incoming, outgoing }: Lanes): Lanes {
  return { incoming: outgoing, outgoing: incoming };
}

/**
 * A buffer to be moved to the other thread. A small one is copied: that costs less than to
 * remember that it is to be moved, as comlink does.
 */
export function moved(buffer: ArrayBuffer): ArrayBuffer {
  return buffer.byteLength <= ROOM_BYTES ? buffer : transfer(buffer, [buffer]);
}

/** The part of comlink's `Endpoint` that it uses for calls. */
export class PortEndpoint {
  protected readonly port: MessagePort;
  readonly #listeners = new Set<Listener>();
  readonly #parcels = new Parcels();

  constructor(port: MessagePort) {
    this.port = port;
    port.on('message', (data) => this.receive(data));
  }

  addEventListener(_type: string, listener: Listener): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: string, listener: Listener): void {
    this.#listeners.delete(listener);
  }

  postMessage(message: unknown, transferred: readonly Transferable[] = []): void {
    this.post(message, transferred);
  }

  /** How long the other side has slept while its event loop seemed to be at work. */
  get slept_ms(): number {
    return 0;
  }

  /** Stops receiving, for good. */
  close(): void {
    this.#listeners.clear();
    this.port.close();
  }

  /** Returns how many messages it was. */
  protected post(message: unknown, transferred: readonly Transferable[]): number {
    const { parts, message: rest } = packed(message);
    for (const part of parts) this.port.postMessage(part);
    this.port.postMessage(rest, transferred);
    return parts.length + 1;
  }

  protected receive(data: unknown): void {
    const received = this.#parcels.receive(data);
    if (received !== undefined) this.deliver(received.message);
  }

  protected deliver(data: unknown): void {
    for (const listener of this.#listeners) listener({ data });
  }
}

/** One with lanes. */
abstract class LaneEndpoint extends PortEndpoint {
  protected readonly incoming: Lane;
  protected readonly outgoing: Lane;

  constructor(port: MessagePort, { incoming, outgoing }: Lanes) {
    super(port);
    this.incoming = new Lane(incoming);
    this.outgoing = new Lane(outgoing);
  }

  override get slept_ms(): number {
    return this.outgoing.slept_ms;
  }

  override postMessage(message: unknown, transferred: readonly Transferable[] = []): void {
    const small = this.outgoing.isOpen ? apart(message) : undefined;
    if (small !== undefined && this.outgoing.offer(small)) return;
    this.outgoing.posted(this.post(message, transferred));
  }

  protected override receive(data: unknown): void {
    // What is in the lane came before it.
    while (this.takeFromLane());
    this.incoming.received();
    super.receive(data);
  }

  /** Receives the first message of the lane; whether there was one. */
  protected takeFromLane(): boolean {
    const message = this.incoming.take();
    if (message === undefined) return false;
    this.deliver(joined(message));
    return true;
  }

  /** Attends to the lane no more. */
  protected leave(): void {
    // What came at the last moment is not left behind.
    while (!this.incoming.leave()) this.takeFromLane();
  }
}

/** The main thread's, which asks. */
export class AskingEndpoint extends LaneEndpoint implements Looker {
  readonly #awake: Awake;

  constructor(port: MessagePort, lanes: Lanes, awake: Awake) {
    super(port, lanes);
    this.#awake = awake;
  }

  override postMessage(message: unknown, transferred: readonly Transferable[] = []): void {
    // First, so that the other side sees that it is looked for.
    this.#awake.asked(this);
    super.postMessage(message, transferred);
  }

  override close(): void {
    this.#awake.forget(this);
    super.close();
  }

  begin(): void {
    this.incoming.attend();
  }

  look(): boolean {
    return this.takeFromLane();
  }

  end(): void {
    this.leave();
  }

  protected override deliver(data: unknown): void {
    this.#awake.answered();
    super.deliver(data);
  }
}

/** How long a thread sleeps in its lane before its event loop has its turn. */
const SLEEP_MS = 2;
/** Messages in a row after which it has its turn anyway, and time: its timers wait for it. */
const RUN_MAX = 128;
const RUN_MS = 50;

/** The worker's, which answers each message. */
export class AnsweringEndpoint extends LaneEndpoint {
  #run = 0;
  #runEnd_ms = 0;
  #willAttend = false;
  /** Answers that are waited for. */
  #late = 0;
  readonly #attendNow = () => this.#attend();

  /** An answer that needs the event loop to come about, which sleeps in no lane until then. */
  async late<T>(answer: Promise<T>): Promise<T> {
    this.#late += 1;
    this.leave();
    try {
      return await answer;
    } finally {
      this.#late -= 1;
    }
  }

  override postMessage(message: unknown, transferred: readonly Transferable[] = []): void {
    // First, so that what is asked next can come that way.
    this.incoming.attend();
    super.postMessage(message, transferred);
    if (this.#willAttend) return;
    this.#willAttend = true;
    queueMicrotask(this.#attendNow);
  }

  /** Waits for what comes next. As long as something does, its answer brings it here again. */
  #attend(): void {
    this.#willAttend = false;
    const now_ms = performance.now();
    if (this.#run === 0) this.#runEnd_ms = now_ms + RUN_MS;
    this.#run += 1;
    // First of all: where others keep it busy there is always something.
    if (this.#run > (this.#late > 0 ? 1 : RUN_MAX) || now_ms > this.#runEnd_ms) {
      this.#run = 0;
      this.#willAttend = true;
      setImmediate(this.#attendNow);
      return;
    }
    if (this.takeFromLane()) return;
    if (this.#late === 0) this.incoming.sleep(SLEEP_MS);
    if (this.takeFromLane()) return;
    const posted = receiveMessageOnPort(this.port);
    if (posted !== undefined) {
      this.receive(posted.message);
      return;
    }
    this.leave();
    this.#run = 0;
  }
}

/** comlink's messages with one buffer: a call, and the answer to one. */
interface Call {
  readonly id: string;
  readonly type: 'APPLY';
  readonly path: readonly string[];
  readonly argumentList: readonly { readonly type: 'RAW'; readonly value: unknown }[];
}
interface Answer {
  readonly id: string;
  readonly type: 'RAW';
  readonly value: unknown;
}

/** A message of which nothing but its buffer is large; undefined for others. */
function apart(message: unknown): LaneMessage | undefined {
  const { id, type } = message as Call | Answer;
  if (type === 'RAW') {
    const { value } = message as Answer;
    return value instanceof ArrayBuffer ? { head: id, body: value } : undefined;
  }
  const { path, argumentList } = message as Call;
  if (type !== 'APPLY' || path.length !== 1 || argumentList.length !== 1) return undefined;
  const [{ value } = { value: undefined }] = argumentList;
  return value instanceof ArrayBuffer ? { head: `${id} ${path[0]}`, body: value } : undefined;
}

/** What `apart` has taken apart. */
function joined({ head, body }: LaneMessage): Call | Answer {
  const space = head.indexOf(' ');
  if (space < 0) return { id: head, type: 'RAW', value: body };
  const argumentList = [{ type: 'RAW', value: body }] as const;
  return { id: head.slice(0, space), type: 'APPLY', path: [head.slice(space + 1)], argumentList };
}
