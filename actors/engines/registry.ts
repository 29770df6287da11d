/** How sessions, queues and workers find each other, and what they say. */

import type { GoxError } from '../../conf/errors.ts';
import type { JobTicket } from '../../engine/port/layout.ts';
import type { CallsCommand } from '../../machines/engine.ts';
import type { Readings } from '../journal/readings.ts';
import type { ServiceClock } from '../service-clock.ts';
import type { Call, HandedOver, Source } from './call.ts';
import type { Handovers } from './handovers.ts';
import type { Project } from './project.ts';
import type { Projects } from './projects.ts';
import type { Quarantine } from './quarantine.ts';
import type { EngineLink } from './thread.ts';

export type CallsEvent =
  | CallsCommand
  | { type: 'work.ready'; source: Source }
  | { type: 'worker.attached'; link: EngineLink }
  | { type: 'clipboard.changed' }
  /** The thread stands still at our wish, until it is released. */
  | { type: 'worker.held' }
  | { type: 'worker.released' }
  | { type: 'call.cancel'; call: Call; why: GoxError }
  | ({ type: 'call.handover' } & HandedOver)
  | { type: 'project.closed'; project: Project }
  /** It has to be made anew from what is kept of it. */
  | { type: 'project.replay'; project: Project };

/** The queue as sessions and workers see it: an actor that takes their events too. */
export interface CallsRef {
  send(event: CallsEvent): void;
}

/** Where requests go that an engine made long work of; they are answered some time. */
export interface JobSink {
  take(ticket: JobTicket, call: Call, source: Source): void;
}

/** Where sessions and workers find the queues, by the number of the engine. */
export interface CallsRegistry {
  readonly calls: Map<number, CallsRef>;
  readonly projects: Projects;
  /** Reads the projects of the store, where there is one. */
  readonly readings?: Pick<Readings, 'read'> | undefined;
  readonly jobs: JobSink;
  /** What jobs hand over to engines, by their numbers; also while an engine is not there. */
  readonly handovers: Map<number, Handovers>;
  readonly clock: Pick<ServiceClock, 'now_ms'>;
  readonly quarantine: Pick<Quarantine, 'judge' | 'refusal'>;
  /** Whether the daemon ends: an engine that stops then comes no more. */
  readonly stopping: () => boolean;
  /** What was copied last, in any engine. */
  clipboard: unknown;
}
