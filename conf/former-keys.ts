/**
 * Keys that had another name before they got those of the original. They are still taken, wherever
 * a key can be given.
 */

/** Each former key, with the key of today. */
export const FORMER_KEYS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'limits.connections_max': 'performance.max_connections',
    'limits.request_timeout_ms': 'performance.request_timeout_ms',
    'limits.shutdown_timeout_ms': 'performance.shutdown_timeout_ms',
    'workers.restart.restart_on_failure': 'health.restart_on_failure',
    'workers.restart.max_restart_attempts': 'health.max_restart_attempts',
    'workers.restart.window_ms': 'health.restart_window_ms',
    'workers.restart.restart_delay_ms': 'health.restart_delay_ms',
    'workers.restart.restart_delay_ms_max': 'health.restart_delay_ms_max',
    'workers.restart.backoff_factor': 'health.restart_backoff_factor',
    'workers.restart.jitter': 'health.restart_jitter',
  }),
);

/** Sections that have former keys only. */
export const FORMER_SECTIONS: ReadonlySet<string> = new Set(['workers.restart']);

/** The name that a key has today. */
export function keyOfToday(key: string): string {
  return FORMER_KEYS.get(key) ?? key;
}
