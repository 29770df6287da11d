/** What a page hears, as the receiver of `@xstate/inspect` passes it on: JSON within is parsed. */

import type {
  Answer,
  Greeting,
  Received,
  Registered,
  Stated,
  Stopped,
  Vitals,
} from '../../protocol.ts';

/** What is read of a state of xstate 4. */
export interface HeardState {
  readonly value: unknown;
  readonly context: unknown;
  readonly tags?: unknown;
}

/** The package knows less than the protocol; who knows only that leaves these out. */
type Loose<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;

type HeardRegistered = Loose<Omit<Registered, 'machine' | 'state'>, 'kind'> & {
  /** A machine of xstate 4. */
  readonly machine: unknown;
  readonly state: HeardState;
};
type HeardStated = Loose<Omit<Stated, 'state'>, 'at_ms' | 'transitions' | 'delays'> & {
  readonly state: HeardState;
};
type HeardReceived = Loose<Omit<Received, 'event'>, 'at_ms'> & {
  readonly event: { readonly name?: unknown; readonly data?: unknown };
};
type HeardStopped = Loose<Stopped, 'at_ms' | 'status'>;

export type Heard =
  | HeardRegistered
  | HeardStated
  | HeardReceived
  | HeardStopped
  | Greeting
  | Vitals
  | Answer;

/** One message, when it came (Unix time of the page), and how many characters it had. */
export interface Letter {
  readonly message: Heard;
  readonly at_ms: number;
  readonly size: number;
}
