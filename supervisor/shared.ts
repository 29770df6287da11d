/** What the parts of one daemon share: registries, counts and the clock. */

import type { Logger } from 'pino';
import { handOver } from '../actors/engines/handovers.ts';
import { Projects } from '../actors/engines/projects.ts';
import { Jobs } from '../actors/jobs/jobs.ts';
import type { ServiceClock } from '../actors/service-clock.ts';
import type { Config } from '../conf/schema.ts';
import { Ledger } from '../transport/ledger.ts';
import type { Shared } from './logics.ts';
import { daemonDispatch, type MethodsDeps } from './methods.ts';

export function sharedBy(
  config: Config,
  log: Logger,
  clock: ServiceClock,
  root: Pick<MethodsDeps, 'tree' | 'daemon' | 'stop'>,
): Shared {
  const calls: Shared['calls'] = new Map();
  const jobs = new Jobs(config, {
    ...{ clock, log, handOver: (one) => handOver(calls, one) },
    takeBack: (call, why) =>
      calls.get(call.project.engine)?.send({ type: 'call.cancel', call, why }),
  });
  const shared = {
    ...{ config, log, clock, calls, jobs },
    sockets: new Map(),
    connections: new Map(),
    counters: { requests: 0 },
    ledger: new Ledger(config),
    jobCalls: new Map(),
    clipboard: undefined,
    projects: new Projects(config.workers.count, config),
  } satisfies Partial<Shared>;
  const dispatch = daemonDispatch({ ...root, ...shared });
  return { ...shared, dispatch };
}
