/**
 * A campaign on the protocol: rounds of hostile streams side by side on one daemon, a healthy
 * client beside them, and a look at the daemon after each round.
 */

import { type Daemon, startDaemon } from '../../support/daemon.ts';
import { residentMiB } from '../../support/processes.ts';
import { temporaryDirectory } from '../../support/tmp.ts';
import { Random } from '../random.ts';
import { Control } from './control.ts';
import { SETTINGS } from './limits.ts';
import { play } from './play.ts';
import { type Stream, streamOf } from './stream.ts';

export const STREAMS_PER_ROUND = 40;
const AT_A_TIME = 8;

/**
 * What the daemon may hold, threads and all: an idle one has some 110 MB, and the limits it is
 * given add up to less than the rest.
 */
const RSS_MIB_MAX = 600;

export interface CampaignOptions {
  readonly seed: number;
  readonly rounds: number;
  /** The one stream to be played; all without it. */
  readonly only?: number;
  /** Ends the campaign early, after a round. */
  /** No further one is begun when it has lasted so long. */
  readonly time_ms?: number;
  onFault(fault: Fault): void;
}

export interface Fault {
  /** The stream at fault, or one of those that were played when something else was. */
  readonly number: number;
  readonly what: string;
}

export interface Tally {
  streams: number;
  replies: number;
  dues: number;
  control: number;
  rss_mib: number;
  /** Streams by framing and by ending. */
  readonly kinds: Record<string, number>;
}

export function streamOfNumber(seed: number, number: number): Stream {
  return streamOf(new Random(seed, 'protocol', number), `fuzz ${number}`);
}

/** Plays the rounds; reports what is wrong, and stops when the daemon is gone. */
export async function campaign(options: CampaignOptions): Promise<Tally> {
  const { seed, rounds, only, time_ms = Number.POSITIVE_INFINITY } = options;
  const daemon = await startDaemon({ settings: SETTINGS, cwd: temporaryDirectory() });
  const tally: Tally = { streams: 0, replies: 0, dues: 0, control: 0, rss_mib: 0, kinds: {} };
  let gone = false;
  void daemon.exited().then(() => {
    gone = true;
  });
  const control = await Control.open(daemon.socket, new Random(seed, 'control'));
  // From here: a start takes its time.
  const until_ms = performance.now() + time_ms;
  try {
    for (let round = 0; round < rounds && !gone && performance.now() < until_ms; round++) {
      const first = round * STREAMS_PER_ROUND;
      const numbers =
        only === undefined
          ? Array.from({ length: STREAMS_PER_ROUND }, (_, i) => first + i)
          : [only];
      await playRound(daemon, control, numbers, options, tally);
    }
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    options.onFault({ number: tally.streams, what: `${what}\n${tail(daemon)}` });
  } finally {
    tally.control = control.answered;
    control.close();
  }
  await end(daemon, gone, options, tally);
  return tally;
}

async function playRound(
  daemon: Daemon,
  control: Control,
  numbers: readonly number[],
  { seed, onFault }: CampaignOptions,
  tally: Tally,
): Promise<void> {
  let playing = true;
  const queue = [...numbers];
  const hostile = async () => {
    for (let number = queue.shift(); number !== undefined; number = queue.shift()) {
      const stream = streamOfNumber(seed, number);
      const timing = new Random(seed, 'timing', number);
      const { faults, replies } = await play(daemon.socket, stream, timing);
      for (const what of faults) onFault({ number, what });
      count(tally, stream, replies);
    }
  };
  const healthy = (async () => {
    while (playing) {
      for (const what of await control.turn()) onFault({ number: numbers[0]!, what });
    }
  })();
  const played = await Promise.allSettled(Array.from({ length: AT_A_TIME }, hostile));
  playing = false;
  await healthy;
  for (const one of played) if (one.status === 'rejected') throw one.reason;
  const number = numbers[0]!;
  for (const what of await control.clear()) onFault({ number, what });
  const rss_mib = residentMiB(daemon.pid);
  tally.rss_mib = Math.max(tally.rss_mib, rss_mib);
  if (rss_mib > RSS_MIB_MAX) onFault({ number, what: `the daemon holds ${rss_mib} MiB` });
  const restarts = await control.restarts();
  if (restarts > 0) onFault({ number, what: `engines were started again ${restarts} times` });
}

function count(tally: Tally, { framing, ending, dues }: Stream, replies: number): void {
  tally.streams += 1;
  tally.replies += replies;
  tally.dues += dues.length;
  for (const kind of [framing, ending]) tally.kinds[kind] = (tally.kinds[kind] ?? 0) + 1;
}

async function end(
  daemon: Daemon,
  gone: boolean,
  { onFault }: CampaignOptions,
  { streams }: Tally,
): Promise<void> {
  const { code, signal } = gone ? await daemon.exited() : await daemon.stop();
  if (code !== 0) onFault({ number: streams, what: `the daemon ended with ${code ?? signal}` });
  if (/a defect/.test(daemon.stdout())) {
    onFault({ number: streams, what: `a defect is in the log:\n${tail(daemon)}` });
  }
}

function tail(daemon: Daemon): string {
  return `${daemon.stdout()}${daemon.stderr()}`.slice(-2000);
}
