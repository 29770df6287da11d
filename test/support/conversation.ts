/**
 * What programs say to a daemon and how they read its answers, played as they do it: the bytes of
 * their JSON, one connection or one for each request, `recv` once or until a newline has come.
 */

import { join } from 'node:path';
import * as assert from 'uvu/assert';
import {
  type Places,
  PlainClient,
  type ProgramName,
  placesIn,
  type Started,
  startAndWait,
} from './programs.ts';
import { temporaryDirectory } from './tmp.ts';

/** A program's manner of speaking. */
export interface Manner {
  /** The members of its requests, in the order in which it writes them. */
  readonly members: readonly Member[];
  /** What it sends as `params` where it has none; without it no such member. */
  readonly no_params?: Json;
  /** How many bytes it takes in one `recv`. */
  readonly recv_bytes: number;
  /** `once`: what one `recv` gives must be the whole reply. */
  readonly reads: 'once' | 'to a newline';
  /** Whether it connects anew for each request. */
  readonly reconnects?: boolean;
  /** Whether each request has the same id; they are counted from 1 otherwise. */
  readonly same_id?: boolean;
}

type Member = 'jsonrpc' | 'method' | 'params' | 'id';
type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** A method, its parameters, and texts that the reply must contain. */
export type Step = readonly [method: string, params?: Json | undefined, ...wants: string[]];

interface Reply {
  readonly text: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string };
}

/** As `json.dumps` of Python writes it: a blank after each comma and colon. */
function dumped(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(dumped).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value as Record<string, Json>);
  return `{${members.map(([name, of]) => `${JSON.stringify(name)}: ${dumped(of)}`).join(', ')}}`;
}

/** One program, talking to the daemon at a socket. */
export class Conversation {
  readonly #path: string;
  readonly #manner: Manner;
  #client: PlainClient | undefined;
  #requests = 0;

  constructor(path: string, manner: Manner) {
    this.#path = path;
    this.#manner = manner;
  }

  /** Sends a request and reads the reply in the program's manner; it must be JSON, and whole. */
  async ask(method: string, params?: Json): Promise<Reply> {
    const { no_params, reconnects = false, same_id = false } = this.#manner;
    this.#client ??= await PlainClient.open(this.#path);
    this.#requests++;
    const values: Record<Member, Json | undefined> = {
      ...{ jsonrpc: '2.0', method, params: params ?? no_params },
      id: same_id ? 1 : this.#requests,
    };
    const members = this.#manner.members.flatMap((name) => {
      const value = values[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    this.#client.send(`${dumped(Object.fromEntries(members))}\n`);
    const text = await this.#read(method);
    if (reconnects) this.close();
    const reply = JSON.parse(text) as Omit<Reply, 'text'>;
    return { ...reply, text };
  }

  /** Asks for what must succeed; each of the texts must be in the reply. Gives the result. */
  async get(...[method, params, ...wants]: Step): Promise<Readonly<Record<string, unknown>>> {
    const { text, result } = await this.ask(method, params);
    if (result === undefined) throw new Error(`${method}: ${text}`);
    for (const want of wants) assert.ok(text.includes(want), `${method}: no ${want} in ${text}`);
    return result;
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const step of steps) await this.get(...step);
  }

  close(): void {
    this.#client?.close();
    this.#client = undefined;
  }

  async #read(method: string): Promise<string> {
    const { recv_bytes, reads } = this.#manner;
    let text = '';
    do {
      const chunk = await (this.#client as PlainClient).receive(recv_bytes);
      if (chunk === '') throw new Error(`${method}: the connection ended after "${text}"`);
      text += chunk;
    } while (reads === 'to a newline' && !text.includes('\n'));
    assert.ok(text.endsWith('}\n'), `${method}: no whole reply of ${text.length} bytes`);
    return text;
  }
}

/** How users of programs that start no daemon are told to start it. */
const FOREGROUND = ({ socket }: Places) => ['--foreground', '--socket', socket];

/** As most programs that start it want it to be gone. */
const STOPS_WITHIN_MS = 5000;

/** Plays a program on a daemon of its own, which must then end as it should. */
export async function withProgram(
  manner: Manner,
  act: (program: Conversation, daemon: Started) => Promise<void>,
  args: (places: Places) => readonly string[] = FOREGROUND,
  name: ProgramName = 'goxel-daemon',
): Promise<void> {
  const places = placesIn(temporaryDirectory());
  const env = { GOXEL_RENDER_DIR: join(places.directory, 'renders') };
  const daemon = await startAndWait(args, { name, places, env });
  const program = new Conversation(daemon.places.socket, manner);
  try {
    await act(program, daemon);
  } finally {
    program.close();
    assert.is(await daemon.stop(daemon.patience_ms(STOPS_WITHIN_MS)), 0, daemon.output());
  }
}
