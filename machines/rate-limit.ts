/**
 * How often one address may connect: a bucket of tokens for each, and a wait for who finds its
 * bucket empty, which doubles each time that happens again. Attempts during a wait do not prolong
 * it, so a client that goes by what it was told comes in.
 *
 * Changed in place, like `places.ts`: a copy would cost as much as there are addresses. As many
 * addresses are known as `ADDRESSES_MAX`; for another one, those of which nothing needs to be known
 * any more are forgotten, or else the one that was not heard of for longest.
 */

import type { Config } from '../conf/schema.ts';

type RateConfig = { readonly security: Pick<Config['security'], RateKey> };
type RateKey = 'connections_per_second' | 'connections_burst' | 'backoff_ms_max';

/** The first wait, unless `backoff_ms_max` is less. */
const BACKOFF_MS_MIN = 1000;

/** Some 100 bytes each. */
const ADDRESSES_MAX = 4096;

/** A connection that is refused. */
export interface Refused {
  readonly retry_after_ms: number;
  /** The first of this wait. */
  readonly first: boolean;
}

interface Bucket {
  tokens: number;
  filled_ms: number;
  /** Until then it is refused. */
  blocked_ms: number;
  /** Waits since it was last without one for long. */
  strikes: number;
}

export class RateLimit {
  readonly #config: RateConfig;
  readonly #addresses_max: number;
  /** The one heard of last is the last. */
  readonly #buckets = new Map<string, Bucket>();
  #refused = 0;

  constructor(config: RateConfig, addresses_max = ADDRESSES_MAX) {
    this.#config = config;
    this.#addresses_max = addresses_max;
  }

  /** Addresses of which something is known. */
  get addresses(): number {
    return this.#buckets.size;
  }

  /** Connections that were refused. */
  get refused(): number {
    return this.#refused;
  }

  /** Counts a connection; nothing when it may come in. */
  admit(address: string, now_ms: number): Refused | undefined {
    const bucket = this.#bucketOf(address, now_ms);
    if (bucket.blocked_ms > now_ms) {
      this.#refused += 1;
      return { retry_after_ms: Math.ceil(bucket.blocked_ms - now_ms), first: false };
    }
    this.#fill(bucket, now_ms);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return undefined;
    }
    this.#refused += 1;
    const { backoff_ms_max } = this.#config.security;
    const wait_ms = Math.min(backoff_ms_max, BACKOFF_MS_MIN * 2 ** bucket.strikes);
    // More doublings than this change nothing.
    bucket.strikes = Math.min(bucket.strikes + 1, 30);
    bucket.blocked_ms = now_ms + wait_ms;
    return { retry_after_ms: wait_ms, first: true };
  }

  #bucketOf(address: string, now_ms: number): Bucket {
    const known = this.#buckets.get(address);
    if (known !== undefined) {
      this.#buckets.delete(address);
      this.#buckets.set(address, known);
      return known;
    }
    if (this.#buckets.size >= this.#addresses_max) this.#makeRoom(now_ms);
    const { connections_burst } = this.#config.security;
    const bucket = { tokens: connections_burst, filled_ms: now_ms, blocked_ms: 0, strikes: 0 };
    this.#buckets.set(address, bucket);
    return bucket;
  }

  #fill(bucket: Bucket, now_ms: number): void {
    const { connections_per_second, connections_burst, backoff_ms_max } = this.#config.security;
    const passed_ms = Math.max(0, now_ms - bucket.filled_ms);
    const filled = bucket.tokens + (passed_ms * connections_per_second) / 1000;
    bucket.tokens = Math.min(connections_burst, filled);
    bucket.filled_ms = now_ms;
    if (now_ms - bucket.blocked_ms > backoff_ms_max) bucket.strikes = 0;
  }

  #makeRoom(now_ms: number): void {
    const { connections_burst } = this.#config.security;
    for (const [address, bucket] of this.#buckets) {
      this.#fill(bucket, now_ms);
      const isNew = bucket.tokens >= connections_burst && bucket.strikes === 0;
      if (isNew) this.#buckets.delete(address);
    }
    if (this.#buckets.size < this.#addresses_max) return;
    const [eldest = ''] = this.#buckets.keys();
    this.#buckets.delete(eldest);
  }
}

/**
 * What counts as one address: an IPv6 network of 64 bits, of which everybody has a whole one, and
 * an IPv4 address however it is written.
 */
export function addressOf(remote: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(remote)?.[1];
  if (mapped !== undefined) return mapped;
  if (!remote.includes(':')) return remote;
  const [head = '', tail] = (remote.split('%')[0] ?? '').split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const groups = [...first, ...Array.from({ length: zeros }, () => '0'), ...last];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
