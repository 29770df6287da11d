/** The `checks` effect of the health monitor: gathers the facts when it is told to. */

import { fromCallback } from 'xstate';
import type { Config } from '../../conf/schema.ts';
import type { ChecksCommand, HealthEvent } from '../../machines/health.ts';
import { EventLoopMonitor } from './event-loop.ts';
import { gatherFacts, type HealthSources } from './facts.ts';
import type { Rates } from './rates.ts';

export interface ChecksDeps {
  readonly sources: HealthSources;
  readonly rates: Rates;
  /** What else is to be looked at now and then. */
  readonly look: () => void;
}

export function checksEffect({ sources, rates, look: lookElse }: ChecksDeps) {
  return fromCallback<ChecksCommand, { config: Config }>(({ receive, sendBack }) => {
    const say = sendBack as (event: HealthEvent) => void;
    const eventLoop = new EventLoopMonitor();
    let due: NodeJS.Immediate | undefined;
    const look = (check: number) => {
      try {
        lookElse();
        rates.sample(performance.now(), sources.totals());
        const facts = gatherFacts(sources, eventLoop.take());
        say({ type: 'check.done', check, facts });
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        say({ type: 'check.failed', check, reason });
      }
    };
    receive(({ check }) => {
      clearImmediate(due);
      // After the timers of this turn: that of the event loop's monitor may be among those due.
      due = setImmediate(() => look(check));
    });
    return () => {
      clearImmediate(due);
      eventLoop.stop();
    };
  });
}
