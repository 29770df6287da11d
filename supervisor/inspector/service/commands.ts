/** What viewers tell: it may be anything, and nothing of it may throw. */

import type { AnyActorRef, AnyEventObject } from 'xstate';
import type { Answer, Command } from '../protocol.ts';
import type { Living } from './living.ts';
import { hasEnded } from './shapes.ts';
import type { Viewer } from './viewer.ts';

export interface CommandDeps {
  readonly living: Living;
  /** Undefined when nobody may send, or all may. */
  readonly isAdmin: ((token: string) => boolean) | undefined;
  /** Why an actor may be sent nothing; undefined when it may. */
  readonly refuse: (actor: AnyActorRef) => string | undefined;
  readonly onLook: (viewer: Viewer) => void;
  readonly onHello: (viewer: Viewer) => void;
}

/** A wrong token is answered so late, and no other is looked at before. */
const WRONG_TOKEN_MS = 1000;
const WRONG_TOKENS_MAX = 3;
const COMMANDS_PER_S_MAX = 200;
const FORBIDDEN = 'this service lets no page send events';

export class Commands {
  readonly #deps: CommandDeps;
  #checking: NodeJS.Timeout | undefined;
  readonly #wrong = new WeakMap<Viewer, number>();
  readonly #counts = new WeakMap<Viewer, { second: number; count: number }>();

  constructor(deps: CommandDeps) {
    this.#deps = deps;
  }

  close(): void {
    clearTimeout(this.#checking);
  }

  /** A text that is no command ends the connection. */
  take(viewer: Viewer, text: string): void {
    // One that was told to go may have sent more.
    if (viewer.socket.readyState !== viewer.socket.OPEN) return;
    if (this.#isTooFast(viewer)) {
      viewer.dismiss(`more than ${COMMANDS_PER_S_MAX} commands a second`);
      return;
    }
    const command = parse(text);
    switch (command?.type) {
      case 'xstate.inspecting':
        if (!viewer.looking) this.#deps.onLook(viewer);
        return;
      case 'inspector.hello':
        if (!viewer.extended) this.#deps.onHello(viewer);
        return;
      case 'xstate.event':
        answer(viewer, command.number, this.#send(viewer, command));
        return;
      case 'inspector.token':
        this.#check(viewer, command);
        return;
      default:
        viewer.dismiss('no command of an inspector');
    }
  }

  #isTooFast(viewer: Viewer): boolean {
    const second = Math.floor(performance.now() / 1000);
    const last = this.#counts.get(viewer);
    const count = last?.second === second ? last.count + 1 : 1;
    this.#counts.set(viewer, { second, count });
    return count > COMMANDS_PER_S_MAX;
  }

  /** What was wrong, if anything. */
  #send(viewer: Viewer, command: Extract<Command, { type: 'xstate.event' }>): string | undefined {
    if (!viewer.admin) {
      return this.#deps.isAdmin === undefined ? FORBIDDEN : 'to send events, show a token first';
    }
    const { event, origin } = eventIn(command.event);
    if (event === undefined) return 'an event is an object with the key `type`, a text';
    if (event.type === '' || event.type === '*' || event.type.startsWith('xstate.')) {
      return `events of the type '${event.type.slice(0, 100)}' are those of xstate itself`;
    }
    const session = typeof command.service === 'string' ? command.service : origin;
    const known = session === undefined ? undefined : this.#deps.living.bySession(session);
    if (known === undefined || hasEnded(known.actor)) return 'that actor is gone';
    const refusal = this.#deps.refuse(known.actor);
    if (refusal !== undefined) return refusal;
    try {
      known.actor.send(event);
    } catch (error) {
      return `the actor has not taken it: ${String(error).slice(0, 200)}`;
    }
    return undefined;
  }

  #check(viewer: Viewer, { token, number }: Extract<Command, { type: 'inspector.token' }>): void {
    const { isAdmin } = this.#deps;
    const may = this.#checking === undefined && typeof token === 'string';
    const right = viewer.admin || (may && isAdmin?.(token) === true);
    if (right || isAdmin === undefined || this.#checking !== undefined) {
      viewer.admin = right;
      const why = isAdmin === undefined ? FORBIDDEN : 'a wrong token was just shown: wait a second';
      answer(viewer, number, right ? undefined : why);
      return;
    }
    const wrong = (this.#wrong.get(viewer) ?? 0) + 1;
    this.#wrong.set(viewer, wrong);
    this.#checking = setTimeout(() => {
      this.#checking = undefined;
      answer(viewer, number, 'that token is wrong');
      if (wrong >= WRONG_TOKENS_MAX) viewer.dismiss('wrong tokens');
    }, WRONG_TOKEN_MS);
    this.#checking.unref();
  }
}

function answer(viewer: Viewer, number: unknown, error: string | undefined): void {
  // The package's own receiver numbers nothing and understands no answer.
  if (!Number.isSafeInteger(number)) return;
  const about: Answer = { type: 'service.answer', number: number as number };
  viewer.send(error === undefined ? about : { ...about, error });
}

function parse(text: string): Command | undefined {
  const value = json(text);
  return typeof value === 'object' && value !== null ? (value as Command) : undefined;
}

/** As it is, or as SCXML has it, with the session that it is for. */
function eventIn(text: unknown): { event?: AnyEventObject; origin?: string } {
  const value = typeof text === 'string' ? json(text) : undefined;
  const { $$type, data, origin } = (value ?? {}) as Record<string, unknown>;
  if ($$type === 'scxml' && isEvent(data)) {
    return { event: data, ...(typeof origin === 'string' && { origin }) };
  }
  return isEvent(value) ? { event: value } : {};
}

function isEvent(value: unknown): value is AnyEventObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return typeof (value as { readonly type?: unknown }).type === 'string';
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
