/** What is counted of a connection: for the tree of actors, and for all of them together. */

import type { Socket } from 'node:net';
import type { Replies } from '../../transport/replies.ts';
import type { Figures } from '../vitals.ts';
import type { Intake } from './intake.ts';
import type { Counters } from './intake-deps.ts';

/** The parts of a connection that count. */
interface Counted {
  readonly replies: Replies;
  readonly intake: Intake;
  readonly queued: number;
}

export function socketFigures(socket: Socket, { replies, intake, queued }: Counted): Figures {
  return {
    requests: intake.asked,
    in_flight: replies.open,
    queued,
    held_bytes: replies.held,
    ...trafficOf(socket),
    ...addressOf(socket),
    ...(replies.dropped === 0 ? {} : { notifications_dropped: replies.dropped }),
    ...intake.standing.figures,
  };
}

/** Bytes that have gone over a connection. */
export function trafficOf({ bytesRead, bytesWritten }: Socket) {
  return { bytes_read: bytesRead, bytes_written: bytesWritten };
}

/** A connection ends: what went over it goes into the account of all. */
export function countTraffic(counters: Counters, socket: Socket): void {
  const { bytes_read, bytes_written } = trafficOf(socket);
  counters.bytes_read += bytes_read;
  counters.bytes_written += bytes_written;
}

/** Of a client elsewhere; nothing for one of this machine that came over a Unix socket. */
function addressOf({ remoteAddress, remotePort }: Socket): Figures {
  if (remoteAddress === undefined) return {};
  const host = remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress;
  return { from: `${host}:${remotePort}` };
}
