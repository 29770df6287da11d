/** The facts of one check of the daemon's health, as the effect `checks` gathers them. */

export interface ThreadSilence {
  /** Of its actor: `engine:0`, `job:1`. */
  readonly id: string;
  /** Time of service since the thread gave a sign of life. */
  readonly silent_ms: number;
}

/** An engine or a job thread, as its machine and its queue show it. */
export interface ThreadFacts {
  readonly id: string;
  /** The state of its machine: `ready`, `lost`, … */
  readonly state: string;
  readonly restarts: number;
  /** Why its last thread ended; empty as long as none has. */
  readonly reason: string;
  /** Requests or parts of jobs that it has at this moment. */
  readonly in_flight: number;
  /** Of engines only. */
  readonly voxel_bytes: number;
  readonly projects: number;
}

export interface SocketFacts {
  /** Of its actor: `listener:unix`. */
  readonly id: string;
  /** Why nobody can connect to it; empty when they can. */
  readonly trouble: string;
}

/** A place that log lines go to. */
export interface LogFacts {
  /** `log`, or `syslog`, which gets them as well. */
  readonly id: string;
  /** Its path, or `standard output`. */
  readonly to: string;
  /** Lines that were dropped since the start. */
  readonly lost: number;
  /** Bytes of lines that wait to be written. */
  readonly held_bytes: number;
  /** Why lines are not written, or not as they should be; empty when all is well. */
  readonly trouble: string;
}

/** The journal of a project that cannot be written. */
export interface JournalFacts {
  readonly project: string;
  /** Whether it comes back by itself, once the disk has room. */
  readonly passes: boolean;
  readonly reason: string;
}

/** How late the main thread's event loop came to what was due, since the check before. */
export interface EventLoopDelay {
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly max_ms: number;
}

export interface QueueFacts {
  /** Requests of all connections that wait for an engine, or for their turn. */
  readonly requests_waiting: number;
  /** Those that engines have at this moment. */
  readonly requests_running: number;
  readonly jobs_waiting: number;
  readonly jobs_running: number;
  /** Bytes of requests and replies that wait. */
  readonly held_bytes: number;
}

/** Bytes. */
export interface MemoryFacts {
  readonly rss: number;
  readonly heap_used: number;
  readonly external: number;
  readonly array_buffers: number;
  /** What the process may take: the limit of its container, or what the machine has. */
  readonly limit: number;
}

export interface HealthFacts {
  /** Of threads that run. */
  readonly silences: readonly ThreadSilence[];
  readonly engines: readonly ThreadFacts[];
  readonly job_threads: readonly ThreadFacts[];
  readonly sockets: readonly SocketFacts[];
  readonly logs: readonly LogFacts[];
  readonly event_loop: EventLoopDelay;
  readonly queues: QueueFacts;
  readonly memory: MemoryFacts;
  /** The projects that can only be read, since their journals cannot be written. */
  readonly journals: readonly JournalFacts[];
  /** The numbers of the projects that are lost; a number is never used again. */
  readonly projects_lost: readonly number[];
}
