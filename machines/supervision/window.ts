/**
 * How often a child may be started again, and after what wait: pure functions of the restarts that
 * were granted before, of the time and of chance.
 *
 * A restart counts for `window_ms` from the failure that asked for it, as in Erlang/OTP's intensity
 * and period; when `max_restart_attempts` count, the next failure is refused. The wait grows by
 * `backoff_factor` with each restart that counts, from `restart_delay_ms` to
 * `restart_delay_ms_max`, and up to `jitter` of itself is added at random, so that what failed
 * together does not start together. Failures that follow a stable time of `reset_after_ms` or more
 * begin again with the shortest wait, though the earlier ones still count.
 */

export interface RestartSettings {
  /** Whether a failure is followed by a restart at all. */
  readonly restart_on_failure: boolean;
  /** Restarts that may count at a time; with 0 the first failure is the last. */
  readonly max_restart_attempts: number;
  readonly window_ms: number;
  readonly restart_delay_ms: number;
  readonly restart_delay_ms_max: number;
  readonly backoff_factor: number;
  /** The greatest share of the wait that is added at random, from 0 to 1. */
  readonly jitter: number;
  /** A time without failures, from the end of a restart, that resets the wait. */
  readonly reset_after_ms?: number;
}

/** A restart that was granted: when it was asked for, and when it was done, if it is. */
export interface Restart {
  readonly at_ms: number;
  readonly done_ms: number | undefined;
}

export interface Verdict {
  readonly granted: boolean;
  /** Which of the restarts that count this is, or would be, from 1. */
  readonly nth: number;
  /** The wait before it; 0 when it is not granted. */
  readonly delay_ms: number;
}

/** The longest time that a timer can wait; a longer one would go off at once. */
export const TIMER_MS_MAX = 2 ** 31 - 1;

/** Those of the restarts that still count. */
export function counting<R extends Restart>(
  { window_ms }: RestartSettings,
  restarts: readonly R[],
  now_ms: number,
): readonly R[] {
  return restarts.filter(({ at_ms }) => now_ms - at_ms < window_ms);
}

/** Whether there may be one more restart when so many count. */
export function permits(settings: RestartSettings, count: number): boolean {
  return settings.restart_on_failure && count < settings.max_restart_attempts;
}

/** The wait before restart number `nth` (from 1) without a stable time between, before jitter. */
export function backoff(settings: RestartSettings, nth: number): number {
  // No delay stays none: its product with a factor that has overflowed is not a number.
  if (settings.restart_delay_ms === 0) return 0;
  const delay_ms = settings.restart_delay_ms * settings.backoff_factor ** Math.max(0, nth - 1);
  return Math.min(delay_ms, settings.restart_delay_ms_max);
}

/** With jitter. @param random uniform in [0, 1) */
export function jittered(
  settings: RestartSettings,
  delay_ms: number,
  random: () => number,
): number {
  if (settings.jitter === 0 || delay_ms === 0) return delay_ms;
  return Math.min(delay_ms * (1 + random() * settings.jitter), TIMER_MS_MAX);
}

/** How many of the last restarts had no stable time after them. */
function streak(
  { reset_after_ms }: RestartSettings,
  restarts: readonly Restart[],
  now_ms: number,
): number {
  if (reset_after_ms === undefined) return restarts.length;
  let until_ms = now_ms;
  for (let index = restarts.length - 1; index >= 0; index -= 1) {
    const { at_ms, done_ms } = restarts[index] as Restart;
    const stable = done_ms !== undefined && until_ms - done_ms >= reset_after_ms;
    if (stable) return restarts.length - 1 - index;
    until_ms = at_ms;
  }
  return restarts.length;
}

/** Decides about a failure at `now_ms`. */
export function judge(
  settings: RestartSettings,
  before: readonly Restart[],
  now_ms: number,
  random: () => number,
): Verdict {
  const recent = counting(settings, before, now_ms);
  const nth = recent.length + 1;
  if (!permits(settings, recent.length)) return { granted: false, nth, delay_ms: 0 };
  const row = streak(settings, recent, now_ms) + 1;
  return { granted: true, nth, delay_ms: jittered(settings, backoff(settings, row), random) };
}
