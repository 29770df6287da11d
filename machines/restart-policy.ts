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
  /** Uniform in [0, 1), for the jitter. */
  random: () => number;
}

export type RestartPolicyEvent = { type: 'child.failed' } | { type: 'failure.aged' };

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
    context: {} as RestartPolicyInput & { recent: number },
    events: {} as RestartPolicyEvent,
    input: {} as RestartPolicyInput,
  },
  guards: {
    'restarts are left': ({ context: { settings, recent } }) => permits(settings, recent),
    'is to last': ({ context }) => context.lasting && context.settings.restart_on_failure,
  },
  actions: {
    'count failure': assign({ recent: ({ context }) => context.recent + 1 }),
    'forget failure': assign({ recent: ({ context }) => context.recent - 1 }),
    'age failure': raise({ type: 'failure.aged' }, { delay: 'window' }),
    'say planned': sendParent({ type: 'restart.planned' }),
    'say due': sendParent({ type: 'restart.due' }),
    'say deferred': sendParent({ type: 'restart.deferred' }),
    'say refused': sendParent({ type: 'restart.refused' }),
  },
  delays: {
    window: ({ context }) => context.settings.window_ms,
    pause: ({ context }) => Math.max(context.settings.restart_delay_ms_max, PAUSE_MS_MIN),
    backoff: ({ context: { settings, recent, random } }) =>
      jittered(settings, backoff(settings, recent), random),
  },
}).createMachine({
  id: 'restart policy',
  context: ({ input }) => ({ ...input, recent: 0 }),
  initial: 'watching',
  on: { 'failure.aged': { actions: 'forget failure' } },
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
      after: { backoff: { target: 'watching', actions: 'say due' } },
    },
    'cooling off': {
      entry: 'say deferred',
      after: { pause: { target: 'watching', actions: 'say due' } },
    },
    exhausted: { entry: 'say refused' },
  },
});
