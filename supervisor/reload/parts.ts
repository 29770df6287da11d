/**
 * The parts of a daemon that have to do something when it goes over to another configuration, one
 * after the other. When one cannot, those before it go back, so that all of the new configuration
 * counts or nothing of it. Whoever reads the configuration where it is used is no part.
 */

import type { Config } from '../../conf/schema.ts';

export interface Part {
  /** For messages. */
  readonly name: string;
  readonly within_ms: number;
  /** Throws what is wrong with the other configuration, as far as that can be seen before. */
  check?(to: Config): Promise<void> | void;
  /**
   * Goes over from one to the other, or throws and leaves everything as it was. Called also when no
   * key of it has changed, since what a key names may have: a file that was rotated, a certificate.
   */
  apply(from: Config, to: Config): Promise<Taken> | Taken;
}

/** The keys that are to count from the next start only, against what their schema says. */
export type Taken = readonly string[];

export const ALL_TAKEN: Taken = [];

/** Why a configuration was not taken over; the first problem is the cause. */
export class ApplyError extends Error {
  override readonly name = 'ApplyError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}

/**
 * @param isOver whether nobody waits for it any more, since the daemon stops
 * @returns keys that count from the next start only
 * @throws ApplyError
 */
export async function goOver(
  parts: readonly Part[],
  from: Config,
  to: Config,
  isOver: () => boolean = () => false,
): Promise<Taken> {
  const waiting: string[] = [];
  const done: Part[] = [];
  for (const part of parts) {
    if (isOver()) break;
    try {
      waiting.push(...(await inTime(part, from, to)));
    } catch (error) {
      // Of one that was late nobody knows how far it came.
      const begun = error instanceof LateError ? [...done, part] : done;
      const problems = [`${part.name}: ${messageOf(error)}`];
      throw new ApplyError([...problems, ...(await goBack(begun, to, from))]);
    }
    done.push(part);
  }
  return waiting;
}

async function goBack(parts: readonly Part[], from: Config, to: Config): Promise<string[]> {
  const problems: string[] = [];
  for (const part of [...parts].reverse()) {
    try {
      await inTime(part, from, to);
    } catch (error) {
      problems.push(`${part.name}: could not go back: ${messageOf(error)}; restart the daemon`);
    }
  }
  return problems;
}

class LateError extends Error {}

async function inTime(part: Part, from: Config, to: Config): Promise<Taken> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const text = `it was not done within ${part.within_ms} ms`;
    timer = setTimeout(() => reject(new LateError(text)), part.within_ms).unref();
  });
  try {
    return await Promise.race([part.apply(from, to), late]);
  } finally {
    clearTimeout(timer);
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
