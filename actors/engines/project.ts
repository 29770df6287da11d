/**
 * One project as sessions and queues see it: a handle on its machine (`machines/project.ts`), which
 * alone says what state it is in. Requests that have to wait for it wait here.
 */

import type { GoxError } from '../../conf/errors.ts';
import type { MethodSpec } from '../../engine/catalogue/spec.ts';
import type { ProjectActor, ProjectEvent } from '../../machines/project.ts';
import type { ProjectJournal } from '../journal/project-journal.ts';
import { ProjectLog } from '../journal/project-log.ts';
import { reportFigures } from '../vitals.ts';

/** Somebody whose request waits for a project that is barred. */
export interface Waiter {
  /** The bar is gone. */
  unbarred(): void;
  /** Fails the requests that wait since before `time_ms`; `why` is said of it, if known. */
  expire(time_ms: number, why?: string): void;
}

/** `new`: it begins, with a machine, when the first request for it leaves for its engine. */
export type ProjectState =
  | 'new'
  | 'opening'
  | 'open'
  | 'closing'
  | 'replaying'
  | 'unloaded'
  | 'lost'
  | 'closed';

export class Project {
  readonly name: string;
  /** What engines know it by; never used again. */
  readonly number: number;
  /** The index of the engine that owns it. */
  readonly engine: number;
  readonly waiters = new Set<Waiter>();
  /** What makes it anew when its engine dies. */
  readonly log = new ProjectLog();
  /** Where it is kept on the disk; nothing while it has not begun, or without a store. */
  journal: ProjectJournal | undefined;
  #actor: ProjectActor | undefined;
  #state: ProjectState = 'new';
  /** What it is apart from that it is made anew. */
  #beneath: ProjectState = 'new';
  #unsaved = false;
  /** What its engine said last of `unsaved`. */
  #heard = false;
  /** Whether its engine has answered for it, and so has it. */
  known = false;
  /** Why what was not kept of it is no more, until it was made anew as it is kept. */
  undone: GoxError | undefined;
  /** Why it must not be changed, if that is so. */
  read_only: GoxError | undefined;
  /** Threads that died while they made it anew, one after the other. */
  deaths = 0;
  /** The request that opens or closes it, or did so last. */
  #request: object | undefined;
  /** The edits under way that have an `op_id`, by that. */
  readonly #ops = new Map<string, object>();

  constructor(name: string, number: number, engine: number) {
    this.name = name;
    this.number = number;
    this.engine = engine;
  }

  get state(): ProjectState {
    return this.#state;
  }

  /** Whether it has edits that are in no file; of one that is lost, whether it had. */
  get unsaved(): boolean {
    return this.#unsaved;
  }

  /** What it was called when it was created, or the file it was loaded from. */
  get title(): string {
    return this.#actor?.getSnapshot().context.title ?? '';
  }

  /** Why it was lost, or is not loaded. */
  get reason(): string {
    return this.#actor?.getSnapshot().context.reason ?? '';
  }

  /** Of its files in the store. */
  get kept_bytes(): number {
    return this.journal?.bytes ?? 0;
  }

  /** Whether it is in the store and was not read yet. */
  get isUnread(): boolean {
    return this.journal?.isUnread === true;
  }

  /** Whether it is made anew at this moment, or is to be. */
  get replaying(): boolean {
    return this.#state === 'replaying';
  }

  /** Whether that is so, or a request opens or closes it. */
  get barred(): boolean {
    return this.replaying || this.#isAsked;
  }

  /** Whether this one opens or closes it. */
  isBarredBy(request: object): boolean {
    return this.#isAsked && this.#request === request;
  }

  /**
   * Whether it is another one, or one with the same `op_id` is under way, so that this one has to
   * wait: what it gets is what the other one gets.
   */
  bars(request: { readonly op_id?: string | undefined }): boolean {
    if (this.replaying || (this.#isAsked && this.#request !== request)) return true;
    return request.op_id !== undefined && this.#ops.has(request.op_id);
  }

  /** A request leaves for its engine: others with its `op_id` wait from now on. */
  hold(request: { readonly op_id?: string | undefined }): void {
    if (request.op_id !== undefined) this.#ops.set(request.op_id, request);
  }

  /** It is answered, or put back. */
  letGo(request: { readonly op_id?: string | undefined }): void {
    const { op_id } = request;
    if (op_id === undefined || this.#ops.get(op_id) !== request) return;
    this.#ops.delete(op_id);
    this.release();
  }

  /** Throws why a request must not change it. To close it is how to be rid of it. */
  admit({ edits, project }: Pick<MethodSpec, 'edits' | 'project'>): void {
    if (this.read_only !== undefined && edits && project !== 'closes') throw this.read_only;
  }

  get #isAsked(): boolean {
    return this.#beneath === 'opening' || this.#beneath === 'closing';
  }

  /** Is what its machine is from now on. `onDefect`: the machine failed, and so it is lost. */
  attach(actor: ProjectActor, onDefect: () => void): void {
    this.#actor = actor;
    const look = () => {
      const { value } = actor.getSnapshot();
      if (typeof value === 'string') {
        this.#state = value as ProjectState;
        this.#beneath = this.#state;
      } else if ('replaying' in value) {
        this.#state = 'replaying';
        this.#beneath = value.replaying;
      } else {
        this.#state = 'open';
        this.#beneath = 'open';
        this.#unsaved = value.open === 'unsaved';
      }
    };
    actor.subscribe({
      next: look,
      error: () => {
        this.#state = 'lost';
        this.#beneath = 'lost';
        onDefect();
      },
    });
    look();
    reportFigures(actor, () => ({
      ...{ name: this.name, title: this.title, engine: this.engine },
      waiting: this.waiters.size,
      ...(this.journal === undefined ? {} : { kept_bytes: this.kept_bytes }),
      ...(this.read_only === undefined ? {} : { read_only: this.read_only.code }),
    }));
  }

  /** Holds back all requests but this one, which opens or closes it. */
  ask(request: object, what: 'opens' | 'closes'): void {
    // One that was put back and leaves again asks nothing new.
    if (this.isBarredBy(request)) return;
    this.#request = request;
    this.tell({ type: what === 'opens' ? 'project.open' : 'project.close' });
  }

  tell(event: ProjectEvent): void {
    this.#actor?.send(event);
    if (event.type === 'project.opened') this.#heard = false;
    this.#compare();
  }

  /** Its engine has answered a request, and says whether there are edits that are in no file. */
  heard(unsaved: boolean): void {
    this.known = true;
    this.#heard = unsaved;
    this.#compare();
  }

  /** Lets go on those who wait. */
  release(): void {
    const waiters = [...this.waiters];
    this.waiters.clear();
    for (const waiter of waiters) waiter.unbarred();
  }

  /** A request under way hides what was heard before it, which holds again when it fails. */
  #compare(): void {
    if (this.#state !== 'open' || this.#heard === this.#unsaved) return;
    this.#actor?.send({ type: this.#heard ? 'project.edited' : 'project.saved' });
  }
}
