/** The decisions of the supervisors, as lines of the log. */

import type { Logger } from 'pino';
import type { Decision } from '../machines/supervision/index.ts';

/** A log that throws, such as one that lacks a level, costs its line and nothing else. */
export function logDecision(decision: Decision, log: Logger): void {
  try {
    tell(decision, log);
  } catch {
    // There is nobody to tell.
  }
}

/** What is part of any start and stop is told at `debug`; what goes wrong is told to everybody. */
function tell(decision: Decision, log: Logger): void {
  const { kind, supervisor, at_ms: _, child, ...rest } = { child: undefined, ...decision };
  const actor = [supervisor, child].filter(Boolean).join('/') || 'daemon';
  switch (decision.kind) {
    case 'died':
      if (decision.abnormal) log.error({ ...rest, actor }, 'a part of the daemon died');
      else log.debug({ ...rest, actor }, 'a part of the daemon ended');
      return;
    case 'start failed':
      log.error({ ...rest, actor }, 'a part of the daemon could not be started');
      return;
    case 'restart planned':
      log.warn({ ...rest, actor }, 'a part of the daemon is going to be restarted');
      return;
    case 'restarted':
      log.info({ ...rest, actor }, 'a part of the daemon was restarted');
      return;
    case 'gave up':
      log.error({ ...rest, actor }, 'a part of the daemon died too often');
      return;
    case 'killed':
      if (decision.late) log.warn({ ...rest, actor }, 'a part of the daemon had to be ended');
      else log.debug({ ...rest, actor }, 'ended a part of the daemon');
      return;
    case 'ready':
      // One that is turned off has none.
      if (typeof decision.info.address === 'string' && decision.info.address !== '') {
        log.info({ actor, address: decision.info.address }, 'listening');
      } else log.debug({ ...rest, actor }, kind);
      return;
    case 'shutting down':
      if (supervisor === '') log.info(decision.outcome, 'stopping');
      else log.debug({ ...rest, actor }, kind);
      return;
    default:
      log.debug({ ...rest, actor }, kind);
  }
}
