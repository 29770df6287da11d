/** What viewers tell: it may be anything, and nothing of it may throw. */

import type { Answer, Command, SendEvent } from '../protocol.ts';
import { json, type Sending } from './sending.ts';
import type { Viewer } from './viewer.ts';

export interface CommandDeps {
  readonly sending: Sending;
  /** Undefined when nobody may send, or all may. */
  readonly isAdmin: ((token: string) => boolean) | undefined;
  readonly onLook: (viewer: Viewer) => void;
  readonly onHello: (viewer: Viewer) => void;
}

/** A wrong token is answered so late, and no other is looked at before. */
const WRONG_TOKEN_MS = 1000;
const WRONG_TOKENS_MAX = 3;
const COMMANDS_PER_S_MAX = 200;
/** What a command came to; nothing when it was done. */
type Outcome = Omit<Answer, 'type' | 'number'>;

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
      case 'inspector.takes':
        answer(viewer, command.number, this.#deps.sending.takes(command.service));
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

  #send(viewer: Viewer, command: SendEvent): Outcome {
    if (viewer.admin) return this.#deps.sending.send(command);
    const nobody = this.#deps.isAdmin === undefined;
    return { error: nobody ? FORBIDDEN : 'to send events, show a token first' };
  }

  #check(viewer: Viewer, { token, number }: Extract<Command, { type: 'inspector.token' }>): void {
    const { isAdmin } = this.#deps;
    const may = this.#checking === undefined && typeof token === 'string';
    const right = viewer.admin || (may && isAdmin?.(token) === true);
    if (right || isAdmin === undefined || this.#checking !== undefined) {
      viewer.admin = right;
      const why = isAdmin === undefined ? FORBIDDEN : 'a wrong token was just shown: wait a second';
      answer(viewer, number, right ? {} : { error: why });
      return;
    }
    const wrong = (this.#wrong.get(viewer) ?? 0) + 1;
    this.#wrong.set(viewer, wrong);
    this.#checking = setTimeout(() => {
      this.#checking = undefined;
      answer(viewer, number, { error: 'that token is wrong' });
      if (wrong >= WRONG_TOKENS_MAX) viewer.dismiss('wrong tokens');
    }, WRONG_TOKEN_MS);
    this.#checking.unref();
  }
}

function answer(viewer: Viewer, number: unknown, outcome: Outcome): void {
  // The package's own receiver numbers nothing and understands no answer.
  if (!Number.isSafeInteger(number)) return;
  viewer.send({ type: 'service.answer', number: number as number, ...outcome });
}

function parse(text: string): Command | undefined {
  const value = json(text);
  return typeof value === 'object' && value !== null ? (value as Command) : undefined;
}
