/** The signals that stop, as facts for the root. `main.ts` of the supervisor holds the others. */

import { fromEvent, map, merge } from 'rxjs';
import { type EventObject, fromCallback } from 'xstate';

const STOPPING = ['SIGTERM', 'SIGINT'] as const;

/** The `signals` effect of the daemon: each stopping signal is a `supervisor.stop`. */
export const signalsEffect = fromCallback<EventObject, undefined>(({ sendBack }) => {
  const asked = merge(...STOPPING.map((name) => fromEvent(process, name).pipe(map(() => name))));
  const subscription = asked.subscribe((name) => sendBack({ type: 'supervisor.stop', by: name }));
  return () => subscription.unsubscribe();
});
