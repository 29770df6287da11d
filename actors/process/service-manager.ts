/**
 * What a service manager is told of the daemon's life, by the protocol of systemd (sd_notify): when
 * it is ready, reloads and stops, what it is doing, and, as long as it is well, that it is.
 */

import type { Logger } from 'pino';
import { type EventObject, fromCallback } from 'xstate';
import { reportFigures } from '../vitals.ts';
import { NotifySocket } from './notify-socket.ts';

/** A start or stop may take longer than the unit says, as long as this is sent anew. */
const EXTENSION_MS = 15_000;
const EXTENSION_EVERY_MS = 5000;

/** Threads give a sign of life some times a second. */
const SILENCE_MS_MIN = 1000;

/** Between two looks at a daemon that is not well, as a share of the time between two signs. */
const RELOOK_SHARE = 0.2;

type State = Readonly<Record<string, string | number>>;

/** A timer of Node that is set to more than 24.8 days goes off at once, again and again. */
const WATCHDOG_MS_MAX = 24 * 60 * 60 * 1000;

export class ServiceManager {
  /** Within so long it wants a sign that the daemon is well; undefined for never. */
  readonly watchdog_ms: number | undefined;
  readonly #socket: NotifySocket;
  #extensions: NodeJS.Timeout | undefined;
  #status = '';
  /** Another process is the one that it knows of. */
  #silent = false;

  private constructor(socket: NotifySocket, watchdog_ms: number | undefined) {
    this.#socket = socket;
    this.watchdog_ms = watchdog_ms;
  }

  /** Takes what the environment says of one out of it: it is not meant for programs we start. */
  static fromEnvironment(env: NodeJS.ProcessEnv, log: Logger): ServiceManager | undefined {
    const { NOTIFY_SOCKET = '', WATCHDOG_USEC = '', WATCHDOG_PID } = env;
    delete env.NOTIFY_SOCKET;
    delete env.WATCHDOG_USEC;
    delete env.WATCHDOG_PID;
    if (NOTIFY_SOCKET === '') return undefined;
    if (!/^[@/]/.test(NOTIFY_SOCKET)) {
      const text = 'NOTIFY_SOCKET is neither a path nor a name with @: nobody is told anything';
      log.warn({ NOTIFY_SOCKET }, text);
      return undefined;
    }
    const ours = WATCHDOG_PID === undefined || WATCHDOG_PID === String(process.pid);
    const usec = /^\d+$/.test(WATCHDOG_USEC) && ours ? Number(WATCHDOG_USEC) : 0;
    const watchdog_ms = usec > 0 ? Math.min(usec / 1000, WATCHDOG_MS_MAX) : undefined;
    return new ServiceManager(new NotifySocket(NOTIFY_SOCKET, log), watchdog_ms);
  }

  /** Says nothing, since another process is the daemon still. */
  hush(): void {
    this.#silent = true;
  }

  /** This process is the daemon from now on. */
  takeOver(): void {
    this.#silent = false;
    this.ready('running');
  }

  /** Another process is, from now on. */
  handOver(pid: number): void {
    this.#endExtensions();
    this.#tell({ MAINPID: pid });
    this.#silent = true;
  }

  /** The start, or the stop, goes on: `starting: engines`. Extends the time for it. */
  busy(status: string): void {
    this.#status = status;
    this.#extensions ??= setInterval(() => this.#extend(), EXTENSION_EVERY_MS).unref();
  }

  ready(status: string): void {
    this.#endExtensions();
    this.#tell({ READY: 1, MAINPID: process.pid, STATUS: status });
  }

  /** Of the configuration; one that fails changes nothing of being ready. */
  reload(phase: 'begins' | 'is over'): void {
    if (phase === 'is over') {
      this.#tell({ READY: 1, STATUS: 'running' });
      return;
    }
    this.#tell({
      RELOADING: 1,
      // Of the same clock as systemd's.
      MONOTONIC_USEC: String(process.hrtime.bigint() / 1000n),
      STATUS: 'reloading the configuration',
    });
  }

  stopping(status: string): void {
    this.#tell({ STOPPING: 1, STATUS: status });
    this.busy(status);
  }

  status(text: string): void {
    this.#tell({ STATUS: text });
  }

  isWell(): void {
    this.#tell({ WATCHDOG: 1 });
  }

  close(): void {
    this.#endExtensions();
    this.#socket.close();
  }

  #extend(): void {
    this.#tell({ EXTEND_TIMEOUT_USEC: EXTENSION_MS * 1000, STATUS: this.#status });
  }

  #endExtensions(): void {
    clearInterval(this.#extensions);
    this.#extensions = undefined;
  }

  #tell(state: State): void {
    if (this.#silent) return;
    const lines = Object.entries(state).map(
      ([name, value]) => `${name}=${String(value).replaceAll('\n', ' ')}`,
    );
    this.#socket.send(lines.join('\n'));
  }
}

export interface WatchdogDeps {
  readonly manager: ServiceManager | undefined;
  /** What is not well with the daemon; undefined when all answer. */
  readonly trouble: (silent_ms_max: number) => string | undefined;
  readonly log: Logger;
}

/**
 * The `service manager` effect: gives it the sign that the daemon is well, twice in the time in
 * which it wants one, and none while something does not answer.
 */
export function serviceManagerEffect({ manager, trouble, log }: WatchdogDeps) {
  return fromCallback<EventObject, undefined>(({ self }) => {
    const watchdog_ms = manager?.watchdog_ms;
    let ill: string | undefined;
    reportFigures(self, () => ({
      watchdog_ms: watchdog_ms ?? 'none',
      ...(watchdog_ms === undefined ? {} : { withheld: ill ?? 'no' }),
    }));
    if (manager === undefined || watchdog_ms === undefined) return;
    const every_ms = watchdog_ms / 2;
    let timer: NodeJS.Timeout;
    const look = () => {
      const found = trouble(Math.max(every_ms, SILENCE_MS_MIN));
      if (found !== undefined && ill === undefined) {
        log.error({ reason: found }, 'the service manager gets no sign of life: one is missing');
      } else if (found === undefined && ill !== undefined) {
        log.info('the service manager gets signs of life again');
      }
      ill = found;
      if (found === undefined) manager.isWell();
      timer = setTimeout(look, found === undefined ? every_ms : every_ms * RELOOK_SHARE).unref();
    };
    // Not now, while the tree is at starting this.
    timer = setTimeout(look, 0).unref();
    return () => clearTimeout(timer);
  });
}
