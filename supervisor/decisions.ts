/** The decisions of the supervisors, as lines of the log. */

import type { Logger } from 'pino';
import type { Decision } from '../machines/supervision/index.ts';

/** What is part of any start and stop is told at `debug`; what goes wrong is told to everybody. */
export function logDecision(decision: Decision, log: Logger): void {
  const { kind, supervisor, at_ms: _, ...rest } = decision;
  const child = 'child' in decision ? pathOf(supervisor, decision.child) : supervisor;
  switch (decision.kind) {
    case 'died':
      if (decision.abnormal) log.error({ ...rest, child }, 'a part of the daemon died');
      else log.debug({ ...rest, child }, 'a part of the daemon ended');
      return;
    case 'start failed':
      log.error({ ...rest, child }, 'a part of the daemon could not be started');
      return;
    case 'restart planned':
      log.warn({ ...rest, child }, 'a part of the daemon is going to be restarted');
      return;
    case 'restarted':
      log.info({ ...rest, child }, 'a part of the daemon was restarted');
      return;
    case 'gave up':
      log.error({ ...rest, child }, 'a part of the daemon died too often');
      return;
    case 'killed':
      if (decision.late) log.warn({ ...rest, child }, 'a part of the daemon had to be ended');
      else log.debug({ ...rest, child }, 'ended a part of the daemon');
      return;
    case 'ready':
      if (typeof decision.info.address === 'string') {
        log.info({ address: decision.info.address }, 'listening');
      } else log.debug({ ...rest, child }, kind);
      return;
    case 'shutting down':
      if (supervisor === '') log.info(decision.outcome, 'stopping');
      else log.debug({ ...rest, child }, kind);
      return;
    default:
      log.debug({ ...rest, child }, kind);
  }
}

function pathOf(supervisor: string, child: string): string {
  return supervisor === '' ? child : `${supervisor}/${child}`;
}
