/**
 * The queue of calls into one engine. Sessions with requests waiting stand in line as sources;
 * while one comlink call is in flight the next batch gathers with them, so that the costs of
 * crossing to the worker are paid once a batch. A source gives requests only when asked, which
 * keeps those of a client that does not read its replies where they are.
 *
 * The queue outlives the worker: what arrives while the worker is away waits, and what was in
 * flight when it died goes to the next one, which has the projects as they were before it, since
 * what was not answered has left nothing. Not even the end of the queue fails what its projects
 * are asked: they are made anew in the engine that follows.
 */

import { GoxError } from '../../conf/errors.ts';
import { AnswerReader, encodeBatch } from '../../engine/port/daemon-side.ts';
import type { EngineStats } from '../../engine/port/layout.ts';
import type { EngineChildInput, EngineEvent } from '../../machines/engine.ts';
import { atOneStroke } from '../tracing/moment.ts';
import { type Landed, OneAnswer } from './answers.ts';
import { Arrivals } from './arrivals.ts';
import type { Call, HandedOver } from './call.ts';
import type { Flight, Judge } from './flight.ts';
import { Flights } from './flights.ts';
import { type Handovers, handoversOf } from './handovers.ts';
import { Line } from './line.ts';
import { engineFailed } from './owners.ts';
import { runningIn } from './present.ts';
import { Recovery } from './recovery.ts';
import type { CallsEvent, CallsRegistry } from './registry.ts';
import type { EngineLink } from './thread.ts';

export class CallQueue {
  readonly #engine: number;
  readonly #config: EngineChildInput['config'];
  readonly #report: (event: EngineEvent) => void;
  readonly #registry: CallsRegistry;
  readonly #turned: () => void;
  readonly #line: Line;
  readonly #flights: Flights;
  readonly #handovers: Handovers;
  readonly #arrivals: Arrivals;
  readonly #recovery: Recovery;
  #link: EngineLink | undefined;
  #refusal: GoxError | undefined;
  #left = false;
  /** Why there is no worker, as far as it is known. */
  #away: string | undefined;
  /** Since when its thread stands still at our wish. */
  #held_ms: number | undefined;
  #answered = 0;
  #stats: EngineStats = { projects: 0, voxel_bytes: 0, requests: 0 };

  constructor(
    { index, config }: EngineChildInput,
    registry: CallsRegistry,
    report: (event: EngineEvent) => void,
    flights_max: number,
    turned: () => void,
  ) {
    this.#engine = index;
    this.#line = new Line(index);
    this.#flights = new Flights(flights_max);
    this.#registry = registry;
    this.#config = config;
    this.#report = report;
    this.#turned = turned;
    this.#handovers = handoversOf(registry, index);
    const guarded = (action: () => void) => this.#guarded(action);
    const goOn = () => this.#depart();
    this.#arrivals = new Arrivals(index, registry, guarded, goOn);
    this.#recovery = new Recovery(registry, {
      isAway: (project) => this.#flights.haveCallsOf(project),
      turned: () => guarded(goOn),
      changed: (replaying) => report({ type: replaying ? 'replay.begun' : 'replay.ended' }),
    });
  }

  /** Whether its engine has something to do. */
  get busy(): boolean {
    return this.#flights.size > 0;
  }

  /** What its engine works at. */
  get present() {
    return this.#flights.present(this.#registry.clock.now_ms());
  }

  receive(event: CallsEvent): void {
    this.#guarded(() => this.#receive(event));
  }

  #receive(event: CallsEvent): void {
    switch (event.type) {
      case 'work.ready':
        this.#line.add(event.source);
        this.#depart();
        this.#callForWorker();
        return;
      case 'call.handover':
        this.#handovers.add(event);
        if (this.#refusal !== undefined && !this.#left) this.#handovers.fail(this.#refusal);
        this.#depart();
        this.#callForWorker();
        return;
      case 'call.cancel':
        this.#cancel(event.call, event.why);
        return;
      case 'worker.attached':
        this.#attach(event.link);
        return;
      case 'worker.held':
        this.#held_ms ??= this.#registry.clock.now_ms();
        return;
      case 'worker.released':
        this.#release();
        return;
      case 'clipboard.changed':
        this.#shareClipboard();
        return;
      case 'project.closed':
        this.#link?.close(event.project.number).catch(this.#onCrossingDefect);
        return;
      case 'project.replay':
        this.#recovery.add(event.project);
        this.#callForWorker();
        return;
      case 'calls.check':
        this.#check();
        return;
      case 'calls.wait':
        this.#away = event.reason;
        return;
      case 'calls.fail':
        this.#detach(event);
        return;
      case 'calls.refuse':
        this.leave(event.reason);
    }
  }

  /** Projects of the store were given to the engine before it was there. */
  begin(): void {
    const projects = [...this.#registry.projects.of(this.#engine)];
    if (projects.some(({ replaying }) => replaying)) this.#callForWorker();
  }

  /** An engine that rests starts its thread. */
  #callForWorker(): void {
    if (this.#link === undefined) this.#report({ type: 'calls.waiting' });
  }

  #attach(link: EngineLink): void {
    this.#link = link;
    this.#away = undefined;
    this.#shareClipboard();
    const { projects } = this.#registry;
    for (const project of projects.of(this.#engine)) {
      if (project.replaying) this.#recovery.add(project);
    }
    this.#recovery.attach(link);
    this.#depart();
  }

  /** Its thread died: what it had is run again by the next, but for what it died of. */
  #detach({ code, reason }: Extract<CallsEvent, { type: 'calls.fail' }>): void {
    this.#link = undefined;
    this.#away = reason;
    const late = code === 'GOX_REQUEST_TIMEOUT';
    this.#giveBack(!this.#flights.begun, (call, source) => {
      const why = this.#registry.quarantine.judge(call, source, reason);
      const error = late ? new GoxError(code, this.#loss(reason)) : why;
      const deaths = call.deaths?.length ?? 0;
      // They were no fault of the engine.
      if (error !== undefined) this.#report({ type: 'calls.blamed', deaths });
      return error;
    });
  }

  /** @param died it died of making a project anew, if of anything here */
  #giveBack(died: boolean, judge: Judge): void {
    const { projects } = this.#registry;
    // First, so that what is put back waits for its project and not for this engine.
    for (const project of projects.of(this.#engine)) projects.replay(project);
    this.#recovery.detach(died);
    this.#handovers.putBack(this.#flights.giveBack(judge));
  }

  /**
   * The engine is given up. What its projects are asked waits for the next one; what would begin
   * there is refused, now and from now on.
   */
  leave(reason: string): void {
    if (this.#left) return;
    this.#left = true;
    this.#registry.projects.engineLeft(this.#engine, reason);
    this.#link = undefined;
    this.#giveBack(false, () => undefined);
    this.#refusal ??= engineFailed(this.#loss(reason));
    this.#empty(this.#refusal);
  }

  /** The daemon ends. */
  stop(): void {
    this.#refuse(new GoxError('GOX_SHUTTING_DOWN', 'The daemon is stopping.'));
  }

  /** Answers everything, now and from now on, with an error. */
  #refuse(error: GoxError): void {
    this.#link = undefined;
    this.#refusal = error;
    this.#flights.fail(error);
    this.#handovers.fail(error);
    this.#empty(error);
  }

  figures() {
    return {
      flights: this.#flights.departed,
      in_flight: this.#flights.calls,
      held: this.#arrivals.held,
      sessions_waiting: this.#line.length,
      answered: this.#answered,
      projects: this.#stats.projects,
      voxel_bytes: this.#stats.voxel_bytes,
      ...runningIn(this.present),
    };
  }

  #loss(reason: string): string {
    return `engine:${this.#engine} ended: ${reason}`;
  }

  /**
   * Nothing here may fail. If it does, nobody knows what state the queue is in: what is there is
   * answered as far as that goes, and the engine hears of it.
   */
  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#report({ type: 'calls.failed', reason });
      const defect = new GoxError('GOX_INTERNAL', 'The queue of the engine failed.');
      this.#guarded(() => this.#arrivals.fail(defect));
      if (this.#refusal !== undefined) return;
      this.#guarded(() => this.#refuse(defect));
    }
  }

  /** Sends what has gathered, if there is a worker to send it to and it has time for it. */
  #depart(): void {
    if (this.#refusal !== undefined) this.#empty(this.#refusal);
    while (this.#link !== undefined && !this.#line.gathering && !this.#full) {
      // Handovers first: the clients have waited for their jobs.
      if (!this.#departHandover(this.#link) && !this.#departBatch(this.#link)) return;
    }
  }

  get #full(): boolean {
    return this.#flights.full || this.#arrivals.full;
  }

  /** Whether there was one to be sent. */
  #departHandover(link: EngineLink): boolean {
    const next = this.#handovers.next();
    if (next === undefined) return false;
    const { call, source, handover } = next;
    const flight = this.#takeOff([{ source, calls: [call] }], link, next);
    const { project, method } = call;
    const { slot } = flight;
    const order = [project.number, method, source.client, handover, slot, call.op] as const;
    this.#land(flight, link.takeOver(...order), ({ durability, ...answer }) => {
      const durabilities = durability === undefined ? [] : [{ ...durability, place: 0 }];
      return { ...answer, durabilities, answers: new OneAnswer(answer) };
    });
    return true;
  }

  /** Whether there was one to be sent. */
  #departBatch(link: EngineLink): boolean {
    const parts = this.#line.gather(this.#flights.sources);
    if (parts.length === 0) return false;
    const flight = this.#takeOff(parts, link);
    const { calls, slot } = flight;
    atOneStroke(() => {
      for (const { reply } of calls) reply?.way?.started(this.#engine);
    });
    this.#land(flight, link.run(encodeBatch(parts, slot)), (answer) => {
      if (answer instanceof ArrayBuffer) return { answers: new AnswerReader(answer) };
      return { ...answer, answers: new AnswerReader(answer.answer) };
    });
    return true;
  }

  #takeOff(parts: Flight['parts'], { flight: control }: EngineLink, next?: HandedOver): Flight {
    const flight = this.#flights.depart(parts, control, this.#registry.clock.now_ms(), next);
    this.#turned();
    return flight;
  }

  /** Has a flight land with its answer, unless it was given up by then. */
  #land<T>(flight: Flight, answered: Promise<T>, read: (answer: T) => Landed): void {
    answered.then(
      (answer) => {
        if (flight.state !== 'flying') return;
        this.#guarded(() => {
          atOneStroke(() => this.#arrive(flight, read(answer)));
          // The worker gets its next batch before the replies of this one are written.
          this.#depart();
          this.#turned();
          flight.flush();
        });
      },
      (error: unknown) => {
        if (flight.state === 'flying') this.#onCrossingDefect(error, flight);
      },
    );
  }

  #arrive(flight: Flight, landed: Landed): void {
    const { count } = landed.answers;
    this.#flights.settle(flight, () => flight.land(count));
    this.#answered += count;
    this.#line.landed(count, flight.calls.length);
    this.#arrivals.take(flight, landed);
    // One that was to be made anew may have waited for this.
    this.#recovery.look();
  }

  #shareClipboard(): void {
    const { clipboard } = this.#registry;
    if (clipboard !== undefined) this.#link?.setClipboard(clipboard);
  }

  #cancel(call: Call, why: GoxError): void {
    const reason = why.code === 'GOX_REQUEST_TIMEOUT' ? 'deadline' : 'cancel';
    if (!this.#flights.cancel(call, reason)) this.#handovers.cancel(call, why);
  }

  /** Fails whatever stands in line; what is asked of projects that are made anew leaves it. */
  #empty(error: GoxError): void {
    while (this.#line.length > 0 && !this.#line.gathering) {
      for (const { source, calls } of this.#line.gatherAll()) {
        for (const call of calls) source.fail(call, error);
        source.flush();
      }
    }
  }

  /** Looks for calls that take too long, and asks an idle worker for its figures. */
  #check(): void {
    const now_ms = this.#registry.clock.now_ms();
    const { request_timeout_ms } = this.#config.performance;
    const replay_ms = this.#recovery.overdue(now_ms);
    if (replay_ms !== undefined) this.#report({ type: 'replay.overdue', age_ms: replay_ms });
    if (this.#held_ms !== undefined) {
      // No request gets on, by no fault of its own.
    } else if (this.#flights.size > 0) {
      const age_ms = this.#flights.check(now_ms, request_timeout_ms);
      if (age_ms !== undefined) this.#report({ type: 'call.overdue', age_ms });
    } else {
      this.#link?.stats().then((stats) => {
        this.#stats = stats;
      }, this.#onCrossingDefect);
    }
    const since_ms = now_ms - request_timeout_ms;
    const why = this.#away ?? 'its engine is busy with other requests';
    this.#line.expire(since_ms, why);
    this.#registry.projects.expire(since_ms);
  }

  #release(): void {
    if (this.#held_ms === undefined) return;
    this.#flights.excuse(this.#registry.clock.now_ms() - this.#held_ms);
    this.#held_ms = undefined;
  }

  /** The engine answers whatever a client sends; a rejection is a defect of the crossing. */
  readonly #onCrossingDefect = (error: unknown, flight?: Flight): void => {
    this.#guarded(() => {
      const defect = new GoxError('GOX_INTERNAL', `The engine refused a call: ${error}`);
      if (flight === undefined) this.#flights.fail(defect);
      else this.#flights.settle(flight, () => flight.fail(defect));
      this.#depart();
    });
  };
}
