/** The part of the model's supervisor that starts and stops its children, in groups. */

import type { Node, SupervisorNode } from './history.ts';
import {
  type Actor,
  type Death,
  type Grant,
  Mailbox,
  type Outcome,
  type Stage,
  type Timer,
} from './model-parts.ts';
import { factsOf, type WorkerFacts } from './world.ts';

export interface Kid {
  node: Node;
  readonly facts: WorkerFacts;
  actor: Actor | undefined;
  phase: 'down' | 'starting' | 'up' | 'stopping';
  began: boolean;
  named: boolean;
  /** To be stopped, to be started, by the group that it is in. */
  stop: boolean;
  start: boolean;
  group: Group | undefined;
  timer: Timer | undefined;
  since: number;
  /** Stopped by hand. */
  held: boolean;
  /** Added by hand, and not yet ready; before whom. */
  fresh: boolean;
  before: string | undefined;
  /** To be forgotten when it is down. */
  leaving: boolean;
  /** Who has asked for it to be up, or down. */
  waiting: { text: string; want: 'up' | 'down' }[];
}

/** Children that stop and start together. */
export interface Group {
  wait: number | 'running' | undefined;
  timer: Timer | undefined;
  grant: Grant | undefined;
}

export abstract class Kids extends Mailbox {
  protected readonly stage: Stage;
  protected readonly path: string;
  /** What its next life would be. */
  protected node: SupervisorNode;
  protected kids: Kid[];
  protected groups: Group[] = [];
  protected grants: Grant[] = [];
  protected noted: Death[] = [];
  protected began = false;
  protected ending = false;
  protected now = false;
  outcome: Outcome | undefined;
  protected lastTimer: Timer | undefined;

  constructor(stage: Stage, path: string, node: SupervisorNode) {
    super();
    this.stage = stage;
    this.path = path;
    this.node = node;
    this.kids = node.children.map((child) => this.newKid(child));
  }

  protected abstract actorOf(node: Node, path: string): Actor;
  /** Says above what the next life would be. */
  protected abstract tellNode(): void;
  /** A child has not become ready in time. */
  protected abstract notReady(kid: Kid, within_ms: number): void;

  protected newKid(node: Node): Kid {
    return {
      node,
      facts:
        node.kind === 'supervisor'
          ? { id: node.id, ready: 'supervisor.ready', named: true, effect: false }
          : factsOf(this.stage.history.root, this.pathTo(node.id)),
      ...{ actor: undefined, phase: 'down', began: false, named: false, stop: false },
      ...{ start: false, group: undefined, timer: undefined, since: 0 },
      ...{ held: false, fresh: false, before: undefined, leaving: false, waiting: [] },
    };
  }

  protected answer(kid: Kid, want: 'up' | 'down', how: string): void {
    for (const one of kid.waiting.filter((one) => one.want === want)) {
      this.out.push(() => this.stage.note(one.text + how));
    }
    kid.waiting = kid.waiting.filter((one) => one.want !== want);
  }

  /** Out of its group, to be stopped by itself if it is alive, and to stay so. */
  protected hold(kid: Kid): void {
    kid.held = true;
    kid.start = false;
    kid.stop = kid.phase !== 'down';
    kid.group = { wait: undefined, timer: undefined, grant: undefined };
    this.dissolve();
    this.groups.push(kid.group);
  }

  protected pathTo(id: string): string {
    return this.path === '' ? id : `${this.path}/${id}`;
  }

  protected override die(): void {
    // As xstate does: the children in the order in which they were started.
    const live = this.kids.filter(({ phase }) => phase !== 'down');
    for (const { actor } of live.sort((a, b) => a.since - b.since)) actor?.kill();
    this.forgetTimers();
  }

  protected forgetTimers(): void {
    for (const { timer } of [...this.kids, ...this.groups]) this.stage.cancel(timer);
    this.stage.cancel(this.lastTimer);
  }

  deaths(): readonly Death[] {
    const below = this.kids.flatMap(({ node, actor }) =>
      (actor?.deaths() ?? []).map((one) => ({ ...one, path: `${node.id}/${one.path}` })),
    );
    return [...this.noted, ...below].sort((a, b) => a.at - b.at).slice(-100);
  }

  /** Started, even if it has ended by then; one that is to be stopped first starts again yet. */
  protected isUp(kid: Kid): void {
    if (!kid.stop) kid.start = false;
    this.answer(kid, 'up', 'done');
  }

  /** A group of its own for some, out of the groups they were in. */
  protected form(
    kids: readonly Kid[],
    wait: number | undefined,
    grant: Grant | undefined,
    dead?: Kid,
  ): void {
    const group: Group = { wait, timer: undefined, grant };
    for (const kid of kids) {
      kid.stop = kid.phase !== 'down';
      const first = grant === undefined;
      const pending = kid.start && kid.phase === 'down';
      const again = !kid.held && kid.node.restart !== 'temporary';
      kid.start = first || kid === dead || pending || again;
      kid.group = kid.stop || kid.start ? group : undefined;
    }
    this.dissolve();
    this.groups.push(group);
  }

  protected dissolve(): void {
    for (const group of this.groups) {
      const busy = this.kids.some((kid) => kid.group === group && (kid.stop || kid.start));
      if (busy) continue;
      this.stage.cancel(group.timer);
      if (group.grant !== undefined) group.grant.done = this.stage.now;
      this.groups = this.groups.filter((one) => one !== group);
    }
  }

  protected noteDeath(kid: Kid, reason: string, fate: string): void {
    const { now } = this.stage;
    this.noted.push({ at: now, path: kid.node.id, text: `${fate}: ${reason}` });
    this.noted = this.noted.slice(-100);
  }

  /** Whether the group has got further and may get further still. */
  protected step(group: Group): boolean {
    const mine = this.kids.filter((kid) => kid.group === group);
    const last = mine.filter(({ stop }) => stop).at(-1);
    if (last !== undefined) {
      if (last.phase === 'stopping') return false;
      this.askKid(last);
      return last.node.shutdown === 'kill';
    }
    if (group.wait === 'running') return false;
    if (group.wait !== undefined) {
      const wait = group.wait;
      group.wait = 'running';
      const go = () => {
        group.wait = undefined;
      };
      this.out.push(() => {
        group.timer = this.stage.after(wait, () => this.post(go));
      });
      return false;
    }
    const first = mine.find(({ start }) => start);
    if (first === undefined || first.phase !== 'down') return false;
    const confused = this.kids.some(
      (one) =>
        one.phase === 'starting' &&
        one.facts.ready !== '' &&
        one.facts.ready === first.facts.ready &&
        !(one.named && first.named),
    );
    if (!confused) this.spawn(first);
    return false;
  }

  protected spawn(kid: Kid): void {
    const { node, facts } = kid;
    const actor = this.actorOf(node, this.pathTo(node.id));
    kid.actor = actor;
    kid.phase = 'starting';
    kid.since = this.stage.spawned++;
    this.out.push(() => actor.start());
    if (facts.ready === '') {
      const begun = () => {
        if (kid.actor === actor && kid.phase === 'starting') this.rise(kid);
      };
      this.out.push(() => this.post(begun));
    } else if (node.kind === 'worker' && node.ready !== undefined) {
      const { within_ms } = node.ready;
      const late = () => this.notReady(kid, within_ms);
      this.out.push(() => {
        kid.timer = this.stage.after(within_ms, () => this.post(late));
      });
    }
  }

  protected rise(kid: Kid): void {
    this.cancelTimer(kid);
    kid.phase = 'up';
    kid.began = true;
    if (kid.fresh && kid.node.restart !== 'temporary') this.#keep(kid);
    kid.fresh = false;
    this.isUp(kid);
  }

  #keep({ node, before }: Kid): void {
    const children = this.node.children.filter(({ id }) => id !== node.id);
    const at = children.findIndex(({ id }) => id === before);
    children.splice(at < 0 ? children.length : at, 0, node);
    this.node = { ...this.node, children };
    this.tellNode();
  }

  /** Forgets a child, also for the next life. */
  protected strike(kid: Kid): void {
    this.kids = this.kids.filter((one) => one !== kid);
    const children = this.node.children.filter(({ id }) => id !== kid.node.id);
    if (children.length === this.node.children.length) return;
    this.node = { ...this.node, children };
    this.tellNode();
  }

  protected cancelTimer(kid: Kid): void {
    const { timer } = kid;
    // What cancels is done in its turn, like what sets.
    this.out.push(() => this.stage.cancel(timer));
    kid.timer = undefined;
  }

  protected askKid(kid: Kid): void {
    const { node, actor } = kid;
    this.cancelTimer(kid);
    if (node.shutdown === 'kill') {
      this.killKid(kid, undefined);
      return;
    }
    kid.phase = 'stopping';
    const now = this.now;
    this.out.push(() => actor?.ask(now));
    const within = node.shutdown;
    if (within === 'infinity') return;
    const late = () => this.killKid(kid, `it had not stopped within ${within} ms`);
    this.out.push(() => {
      const timer = this.stage.after(within, () => this.post(late));
      if (kid.phase === 'stopping') kid.timer = timer;
    });
  }

  protected killKid(kid: Kid, late: string | undefined): void {
    const { actor } = kid;
    this.takeOver(kid);
    if (late !== undefined) {
      this.noteDeath(kid, late, 'stopping');
      if (this.outcome?.kind === 'stopped') this.outcome = { ...this.outcome, forced: true };
    }
    this.out.push(() => actor?.kill());
    kid.actor = undefined;
    this.lower(kid);
  }

  protected takeOver({ node, actor }: Kid): void {
    const below = (actor?.deaths() ?? []).map((one) => ({
      ...one,
      path: `${node.id}/${one.path}`,
    }));
    if (below.length === 0) return;
    this.noted = [...this.noted, ...below].sort((a, b) => a.at - b.at).slice(-100);
  }

  protected lower(kid: Kid): void {
    if (kid.actor !== undefined) this.takeOver(kid);
    kid.actor = undefined;
    this.cancelTimer(kid);
    kid.phase = 'down';
    kid.stop = false;
    this.answer(kid, 'down', 'done');
    if (kid.leaving) this.strike(kid);
    else if (kid.node.restart === 'temporary' || (kid.fresh && kid.held))
      this.kids = this.kids.filter((one) => one !== kid);
  }
}
