/**
 * The facts of the hooks on `node:diagnostics_channel`, by which tracers such as OpenTelemetry hear
 * of them without a line of code here or there that names the other.
 *
 * Node reports what a subscriber throws as an uncaught exception, a moment later, in a tick of its
 * own. Between two ticks of ours there are none but those, so that it can be told from a defect.
 */

import { channel } from 'node:diagnostics_channel';

/** A fact of the hooks (`../hooks.ts`): of a request, or of a connection. */
interface Fact {
  readonly type: string;
  readonly trace?: object;
  readonly facts?: object;
}

/** Held here: a channel that nobody holds is forgotten with its subscribers. */
const requestStart = channel('goxel:request.start');
const requestEnd = channel('goxel:request.end');
const connectionOpen = channel('goxel:connection.open');
const connectionClose = channel('goxel:connection.close');

/** The channel whose subscribers are heard of in this tick. */
let reporting: string | undefined;

/** The channel whose subscriber has thrown what is uncaught at this moment; nothing for others. */
export function faultyChannel(): string | undefined {
  return reporting;
}

export const CHANNELS = {
  get heard(): boolean {
    return (
      requestEnd.hasSubscribers ||
      requestStart.hasSubscribers ||
      connectionOpen.hasSubscribers ||
      connectionClose.hasSubscribers
    );
  },

  publish(daemon: number, { type, trace, facts }: Fact): void {
    const to = channelOf(type);
    if (to?.hasSubscribers !== true) return;
    const name = String(to.name);
    process.nextTick(report, name);
    to.publish(trace === undefined ? { daemon, facts } : { daemon, trace });
    process.nextTick(report, undefined);
  },
};

function report(name: string | undefined): void {
  reporting = name;
}

function channelOf(type: string) {
  switch (type) {
    case 'request.received':
      return requestStart;
    case 'request.answered':
      return requestEnd;
    case 'connection.opened':
      return connectionOpen;
    case 'connection.closed':
      return connectionClose;
    default:
      return undefined;
  }
}
