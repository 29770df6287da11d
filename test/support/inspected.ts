/** What looks into a service, for tests: viewers of both kinds, and systems to look at. */

import { once } from 'node:events';
import { WebSocket } from 'ws';
import { assign, createActor, createMachine, fromPromise, setup, stopChild } from 'xstate';
import type {
  Answer,
  AskTaken,
  Command,
  Message,
  SendEvent,
  ShowToken,
} from '../../supervisor/inspector/protocol.ts';

/** Generous: it is only reached when something is wrong. */
const WAIT_MS = 10_000;

type Unnumbered<C> = C extends Command ? Omit<C, 'number'> : never;

/** A page as a program: it keeps all messages. */
export class Looker {
  readonly messages: Message[] = [];
  readonly socket: WebSocket;
  #numbers = 0;
  #heard: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      this.messages.push(JSON.parse(String(data)) as Message);
      for (const hear of this.#heard.splice(0)) hear();
    });
    socket.on('error', () => {});
  }

  static async open(url: string, { page = true, silent = false } = {}): Promise<Looker> {
    const socket = new WebSocket(url.replace(/^http/, 'ws'));
    const looker = new Looker(socket);
    await once(socket, 'open');
    if (!silent) looker.say({ type: 'xstate.inspecting' });
    if (page && !silent) looker.say({ type: 'inspector.hello' });
    return looker;
  }

  say(command: Command): void {
    this.socket.send(JSON.stringify(command));
  }

  /** The first message, from those that came on, for which `is` holds. */
  async until<M extends Message>(is: (message: Message) => message is M): Promise<M>;
  async until(is: (message: Message) => boolean): Promise<Message>;
  async until(is: (message: Message) => boolean): Promise<Message> {
    const end_ms = performance.now() + WAIT_MS;
    for (let next = 0; ; ) {
      for (; next < this.messages.length; next++) {
        const message = this.messages[next];
        if (message !== undefined && is(message)) return message;
      }
      if (performance.now() > end_ms) throw new Error(`not among ${this.#types()}`);
      await new Promise<void>((resolve) => {
        this.#heard.push(resolve);
        setTimeout(resolve, 100).unref();
      });
    }
  }

  #types(): string {
    return this.messages.map(({ type }) => type).join(' ');
  }

  async ask(command: Unnumbered<SendEvent | ShowToken | AskTaken>): Promise<Answer> {
    const number = ++this.#numbers;
    this.say({ ...command, number });
    return await this.until(
      (message): message is Answer =>
        message.type === 'service.answer' && message.number === number,
    );
  }

  /** Has an event sent. */
  send(service: string, event: unknown): Promise<Answer> {
    return this.ask({ type: 'xstate.event', service, event: JSON.stringify(event) });
  }

  of<T extends Message['type']>(type: T): Extract<Message, { type: T }>[] {
    return this.messages.filter((message) => message.type === type) as never;
  }

  async leave(): Promise<void> {
    this.socket.close();
    if (this.socket.readyState !== this.socket.CLOSED) await once(this.socket, 'close');
  }
}

/** A shop: counts customers, and has clerks that come, go and fail. */
export const shopMachine = setup({
  types: { context: {} as { count: number; safe_password: string } },
  actors: {
    clerk: createMachine({
      id: 'clerk',
      initial: 'idle',
      states: { idle: { on: { work: 'busy', go: 'gone' } }, busy: {}, gone: { type: 'final' } },
      output: 'done for today',
    }),
    errand: fromPromise(() => new Promise(() => {})),
  },
  actions: {
    hire: assign({
      count: ({ context, event, spawn, self }) => {
        const id = (event as { id?: string }).id ?? 'ann';
        if (self.getSnapshot()?.children[id] === undefined) spawn('clerk', { id });
        return context.count;
      },
    }),
    fail: () => {
      throw new Error('the till is empty');
    },
  },
}).createMachine({
  id: 'shop',
  context: { count: 0, safe_password: 's3cr3t' },
  initial: 'open',
  invoke: { id: 'errand', src: 'errand' },
  on: {
    customer: { actions: assign({ count: ({ context }) => context.count + 1 }) },
    hire: { actions: 'hire' },
    fire: { actions: stopChild(({ event }) => (event as { id?: string }).id ?? 'ann') },
    fail: { actions: 'fail' },
    'xstate.done.actor.*': {},
  },
  states: {
    open: { after: { 60000: 'closed' }, on: { close: 'closed' } },
    closed: { on: { open: 'open' } },
  },
});

export function startShop() {
  return createActor(shopMachine, { id: 'shop' }).start();
}
