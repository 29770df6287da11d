/** What becomes of the keys of an older configuration: the words that its table is written in. */

/** One outcome: a key of today with its value, or why there is none. */
export type Outcome =
  | {
      readonly key: string;
      readonly value: unknown;
      /** What means something else than before. */
      readonly note?: string;
    }
  | {
      /** What to do instead, or why there is nothing to be done. */
      readonly instead: string;
      /** Set where the value must not be shown. */
      readonly secret?: true;
    };

/** All keys of the file, by their dotted names. */
export type Others = ReadonlyMap<string, unknown>;

export type Rule = (value: unknown, others: Others) => readonly Outcome[];

/** An older configuration file, as its daemon or its documents knew it. */
export interface Layout {
  /** A word for programs. */
  readonly name: string;
  /** What people know it as. */
  readonly title: string;
  /** By dotted key; one that ends in `.*` is for all below it that have none of their own. */
  readonly rules: Readonly<Record<string, Rule>>;
}

export function nothing(instead: string): Rule {
  return () => [{ instead }];
}

export function secret(instead: string): Rule {
  return () => [{ instead, secret: true }];
}

/** The value as it is, under its name of today. */
export function to(key: string, note?: string): Rule {
  return (value) => [outcome(key, value, note)];
}

/** A number in another unit; text may have a unit of its own: `100M`. */
export function scaled(key: string, factor: number, note?: string): Rule {
  return (value) => {
    const number = numberOf(value);
    // What is no number is told by the check of the key.
    return [outcome(key, number === undefined ? value : round(number * factor), note)];
  };
}

/** The same value for several keys. */
export function toAll(keys: readonly string[]): Rule {
  return (value) => keys.map((key) => outcome(key, value));
}

/** Another value for some values; the others as they are. */
export function mapped(key: string, values: Readonly<Record<string, unknown>>): Rule {
  return (value) => {
    const text = String(value).toLowerCase();
    return [outcome(key, Object.hasOwn(values, text) ? values[text] : value)];
  };
}

/**
 * Whether there is a TCP socket. One whose clients had to authenticate is not opened to all: no
 * layout has a file of tokens.
 *
 * @param authentication the key that asks for it
 */
export function tcpEnabled(authentication: string): Rule {
  return (value, others) =>
    value === true && others.get(authentication) === true
      ? [{ instead: 'set sockets.tcp.enabled together with security.token_file' }]
      : [outcome('sockets.tcp.enabled', value)];
}

/** The level of the log, by the names that other programs have for it. */
export const level: Rule = mapped('logging.level', {
  warning: 'warn',
  err: 'error',
  critical: 'fatal',
  verbose: 'debug',
  none: 'silent',
  off: 'silent',
  ...Object.fromEntries(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].map((name) => [name, name]),
  ),
});

/** Nothing where the value asks for what happens anyway, and `otherwise` where it does not. */
export function anyway(fits: unknown, so: string, otherwise: Rule): Rule {
  return (value, others) =>
    value === fits ? [{ instead: `is so anyway: ${so}` }] : otherwise(value, others);
}

function outcome(key: string, value: unknown, note?: string): Outcome {
  return note === undefined ? { key, value } : { key, value, note };
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
};

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const parts = /^(\d+(?:\.\d+)?) ?([KMG]?)I?B?$/.exec(String(value).toUpperCase());
  return parts === null ? undefined : Number(parts[1]) * (UNITS[parts[2] ?? ''] ?? 1);
}

/** Without the last digits that come of counting in twos. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}

export const S_AS_MS = 1000;
export const MIB_AS_BYTES = 1024 ** 2;
export const BYTES_AS_MB = 1e-6;

/** Sentences that more than one layout needs. */
export const SAY = {
  daemonize: 'start it with run --daemon; under a service manager leave it in the foreground',
  memory:
    'set limits.voxel_bytes_max and workers.heap_bytes_max, and MemoryMax= in the systemd unit',
  nice: 'set Nice= in the systemd unit',
  affinity: 'set CPUAffinity= in the systemd unit',
  umask: 'sockets.unix.permissions says who may connect; for other files set UMask= in the unit',
  buffers: 'buffers grow as they need to, up to limits.frame_bytes_max and limits.output_bytes_max',
  rate:
    'requests are shared fairly among clients (workers.queue_size); what is limited by rate are' +
    ' connections over TCP (security.connections_per_second)',
  metrics: 'ask for the figures with goxel-supervisor health --json, or call get_status',
  profiling: 'start it as node --cpu-prof',
  compression: 'replies are not compressed; ask for MessagePack where size counts',
  garbage: 'memory is given back by itself',
  token: 'write the token into a file of mode 0600, and name it as security.token_file',
  version: 'says nothing that the daemon acts on',
} as const;
