/**
 * Restart policy of one child: at most `max_restart_attempts` restarts within `window_ms`, each
 * after a wait that grows by `backoff_factor` from `restart_delay_ms` to `restart_delay_ms_max`,
 * plus up to `jitter` of itself at random.
 *
 *     watching --child.failed--> waiting --(backoff)--> watching   and tells the parent first
 *        │                                               restart.planned, then restart.due
 *        └─child.failed, none left──> exhausted                    and tells it restart.refused
 *
 * For a child that may be missing (`lasting`), none left means a longer pause instead:
 *
 *        └─child.failed, none left──> cooling off                  and tells it restart.deferred
 *                                        └─(longest wait)──> watching   and tells it restart.due
 *
 * One that is `prompt` starts its child again at once after a failure that stands alone: the waits
 * begin with the next. A failure that is known to be the fault of somebody else, and out of the
 * world, is forgiven: it counts no more towards giving up, but still for the wait, so that who
 * causes one after the other gets a slow child and never a dead one.
 *
 * A failure counts until `window_ms` after it, as in Erlang/OTP's intensity and period; the count
 * is kept by delayed events of the system's clock rather than by time stamps, so that a simulated
 * clock drives it whole. Since the wait is computed from the failures that still count, a child
 * that has run well for a window starts again from the shortest wait.
 */

import { assign, raise, sendParent, setup } from 'xstate';
import { backoff, jittered, permits, type RestartSettings } from './supervision/window.ts';

export { backoff, type RestartSettings };

export interface RestartPolicyInput {
  settings: RestartSettings;
  /** Whether it never gives up. */
  lasting: boolean;
  /** Whether the first restart comes without a wait. */
  prompt?: boolean;
  /** Uniform in [0, 1), for the jitter. */
  random: () => number;
}

export type RestartPolicyEvent =
  | { type: 'child.failed' }
  /** The child was started before its wait was over. */
  | { type: 'restart.early' }
  /** The last so many failures that count are not to. */
  | { type: 'failures.forgiven'; count: number }
  | { type: 'failure.aged' };

/** What the policy tells its parent. */
export type RestartVerdict =
  | { type: 'restart.planned' }
  | { type: 'restart.due' }
  | { type: 'restart.deferred' }
  | { type: 'restart.refused' };

/**
 * The least pause of a child that used up its restarts: what dies as soon as it starts must not
 * take the processor, whatever the settings say of the waits before that.
 */
const PAUSE_MS_MIN = 1000;

export const restartPolicyMachine = setup({
  types: {
    context: {} as RestartPolicyInput & {
      /** Of the last window, in order: whether each is forgiven. */
      failures: readonly boolean[];
    },
    events: {} as RestartPolicyEvent,
    input: {} as RestartPolicyInput,
  },
  guards: {
    'restarts are left': ({ context: { settings, failures } }) =>
      permits(settings, failures.filter((forgiven) => !forgiven).length),
    'is to last': ({ context }) => context.lasting && context.settings.restart_on_failure,
  },
  actions: {
    'count failure': assign({ failures: ({ context }) => [...context.failures, false] }),
    'forget failure': assign({ failures: ({ context }) => context.failures.slice(1) }),
    'forgive failures': assign({
      failures: ({ context: { failures }, event }) =>
        forgive(failures, event.type === 'failures.forgiven' ? event.count : 0),
    }),
    'age failure': raise({ type: 'failure.aged' }, { delay: 'window' }),
    'say planned': sendParent({ type: 'restart.planned' }),
    'say due': sendParent({ type: 'restart.due' }),
    'say deferred': sendParent({ type: 'restart.deferred' }),
    'say refused': sendParent({ type: 'restart.refused' }),
  },
  delays: {
    window: ({ context }) => context.settings.window_ms,
    pause: ({ context }) => Math.max(context.settings.restart_delay_ms_max, PAUSE_MS_MIN),
    backoff: ({ context: { settings, failures, prompt = false, random } }) => {
      const nth = failures.length - (prompt ? 1 : 0);
      return nth === 0 ? 0 : jittered(settings, backoff(settings, nth), random);
    },
  },
}).createMachine({
  id: 'restart policy',
  context: ({ input }) => ({ ...input, failures: [] }),
  initial: 'watching',
  on: {
    'failure.aged': { actions: 'forget failure' },
    'failures.forgiven': { actions: 'forgive failures' },
  },
  states: {
    watching: {
      on: {
        'child.failed': [
          {
            guard: 'restarts are left',
            target: 'waiting',
            actions: ['count failure', 'age failure'],
          },
          { guard: 'is to last', target: 'cooling off' },
          { target: 'exhausted' },
        ],
      },
    },
    waiting: {
      entry: 'say planned',
      on: { 'restart.early': 'watching' },
      after: { backoff: { target: 'watching', actions: 'say due' } },
    },
    'cooling off': {
      entry: 'say deferred',
      after: { pause: { target: 'watching', actions: 'say due' } },
    },
    exhausted: { entry: 'say refused' },
  },
});

/** The last so many of those that are not forgiven are. */
function forgive(failures: readonly boolean[], count: number): boolean[] {
  return failures
    .toReversed()
    .map((forgiven) => forgiven || count-- > 0)
    .toReversed();
}
