/**
 * What a history must come to, worked out without xstate and without the library's plans, windows
 * and books: actors are objects that handle one message at a time, and a supervisor goes by marks
 * on its children (to be stopped, to be started) rather than by lists of steps.
 */

import type { RestartSettings } from '../../../../machines/supervision/window.ts';
import { type History, type Node, nodeOf, type Request, type SupervisorNode } from './history.ts';
import { Dynamic } from './model-dynamic.ts';
import { type Group, type Kid, Kids } from './model-kids.ts';
import {
  type Above,
  type Actor,
  type Ended,
  type Message,
  Stage,
  Worker,
  waitFor,
} from './model-parts.ts';
import { type Account, factsOf, supervisorAt, textOf } from './world.ts';

const BUSY = 'other children are being stopped or started; ask again when that is done';

class Supervisor extends Kids implements Actor, Above {
  readonly #above: Supervisor | undefined;

  constructor(stage: Stage, above: Supervisor | undefined, path: string, node: SupervisorNode) {
    super(stage, path, node);
    this.#above = above;
  }

  /** Something is asked at run time. */
  request(what: Request, id: string, before: string | undefined): void {
    this.post(() => {
      const text = `= ${what} ${this.path}/${id}: `;
      const refuse = (why: string) => this.out.push(() => this.stage.note(text + why));
      const kid = this.kids.find(({ node }) => node.id === id);
      if (this.outcome !== undefined) refuse('the supervisor is stopping');
      else if (!this.began) refuse('the supervisor is starting');
      else if (what === 'start') this.#add({ id, before }, kid, text, refuse);
      else if (kid === undefined) refuse('there is no such child');
      else if (what === 'terminate') this.#terminate(kid, text);
      else if (what === 'remove') {
        kid.leaving = true;
        this.#terminate(kid, text);
      } else if (kid.phase !== 'down') refuse('it is running');
      else if (kid.start) refuse('it is about to be started again');
      else if (what === 'delete') {
        this.strike(kid);
        refuse('done');
      } else if (this.#isBusy()) refuse(BUSY);
      else this.#raise(kid, text);
    });
  }

  adjust(restarts: RestartSettings): void {
    this.post(() => {
      if (this.outcome !== undefined || !this.began) return;
      this.node = { ...this.node, restarts };
      this.tellNode();
    });
  }

  protected override tellNode(): void {
    const { node } = this;
    this.out.push(() => this.#above?.changed(node));
  }

  /** A supervisor below is to begin its next life so. */
  changed(below: SupervisorNode): void {
    this.post(() => {
      const kid = this.kids.find(({ node }) => node.id === below.id);
      if (kid?.node.kind !== 'supervisor') return;
      kid.node = below;
      const children = this.node.children.map((one) => (one.id === below.id ? below : one));
      this.node = { ...this.node, children };
      this.tellNode();
    });
  }

  #isBusy(): boolean {
    return this.node.strategy !== 'one_for_one' && this.groups.length > 0;
  }

  #add(
    { id, before }: { id: string; before: string | undefined },
    kid: Kid | undefined,
    text: string,
    refuse: (why: string) => void,
  ): void {
    const first = supervisorAt(this.stage.history.root, this.path);
    const node = first === undefined ? undefined : nodeOf(first, id);
    const path = this.pathTo(id);
    if (node === undefined) {
      const known = 'effect, machine, dynamic';
      refuse(`'${path}': there is no logic called '?'; there are ${known}`);
    } else if (kid !== undefined) refuse('there is a child of this id');
    else if (before !== undefined && !this.kids.some((one) => one.node.id === before)) {
      refuse(`there is no child '${before}' to stand before`);
    } else if (this.#isBusy()) refuse(BUSY);
    else {
      const added = { ...this.newKid(node), fresh: true, before };
      const at = this.kids.findIndex((one) => one.node.id === before);
      this.kids.splice(at < 0 ? this.kids.length : at, 0, added);
      this.#raise(added, text);
    }
  }

  #raise(kid: Kid, text: string): void {
    kid.held = false;
    kid.waiting.push({ text, want: 'up' });
    kid.start = true;
    kid.group = { wait: 0, timer: undefined, grant: undefined };
    this.groups.push(kid.group);
  }

  #terminate(kid: Kid, text: string): void {
    this.answer(kid, 'up', 'it was stopped');
    kid.waiting.push({ text, want: 'down' });
    this.hold(kid);
    if (kid.phase === 'down') this.lower(kid);
  }

  start(): void {
    this.post(() => this.form(this.kids, undefined, undefined));
  }

  ask(now: boolean): void {
    this.post(() => this.#stop('its supervisor', now));
  }

  stop(now: boolean): void {
    this.post(() => this.#stop('outside', now));
  }

  #stop(by: string, now: boolean): void {
    if (this.outcome === undefined) {
      this.outcome = { kind: 'stopped', by, forced: false };
      this.now = now;
    } else if (now) {
      this.now = true;
      for (const kid of this.kids) {
        if (kid.phase === 'stopping') this.out.push(() => kid.actor?.ask(true));
      }
    }
  }

  /** What lives at a path. */
  at([id, ...below]: readonly string[]): Actor | undefined {
    if (id === undefined) return this;
    const actor = this.kids.find(({ node }) => node.id === id)?.actor;
    return actor instanceof Supervisor ? actor.at(below) : actor;
  }

  hear(message: Message): void {
    this.post(() => {
      const kid = this.kids.find(
        ({ phase, facts }) =>
          phase === 'starting' &&
          facts.ready === message.type &&
          (message.id === undefined || message.id === facts.id),
      );
      if (kid !== undefined) {
        kid.named = message.id !== undefined;
        this.rise(kid);
      } else if (this.#above !== undefined) {
        const above = this.#above;
        this.out.push(() => above.hear(message));
      } else this.stage.note(`* ${textOf(message)}`);
    });
  }

  ended(id: string, how: Ended): void {
    this.post(() => {
      const kid = this.kids.find(({ node, phase }) => node.id === id && phase !== 'down');
      if (kid !== undefined) this.#lost(kid, how);
    });
  }

  #lost(kid: Kid, how: Ended): void {
    const { phase, stop } = kid;
    const { restart } = kid.node;
    this.lower(kid);
    if (phase === 'stopping') {
      if (how.abnormal) this.noteDeath(kid, how.reason, 'stopping');
      return;
    }
    const mustStay = restart === 'temporary' || (restart === 'transient' && !how.abnormal);
    const failed = phase === 'starting' && (how.abnormal || restart === 'permanent');
    if (this.outcome !== undefined || stop) {
      this.noteDeath(kid, how.reason, 'stopping');
    } else if (failed && kid.waiting.some(({ want }) => want === 'up')) {
      this.#refuseStart(kid, how.reason);
    } else if (failed && !this.began && !kid.began) {
      this.noteDeath(kid, how.reason, 'start failed');
      this.#fail('start failed', kid, how);
    } else if (!mustStay || failed) {
      this.#restart(kid, how);
    } else {
      const ends = this.#isLastOfMatter(kid);
      this.noteDeath(kid, how.reason, ends ? 'shut down' : 'none');
      if (ends) this.#fail('significant child ended', kid, how);
      else if (phase === 'starting') this.isUp(kid);
    }
  }

  /** It was started by hand, and has failed. */
  #refuseStart(kid: Kid, reason: string): void {
    this.noteDeath(kid, reason, 'none');
    this.answer(kid, 'up', reason);
    this.hold(kid);
    if (kid.phase === 'down' && kid.fresh) this.kids = this.kids.filter((one) => one !== kid);
  }

  #isLastOfMatter(kid: Kid): boolean {
    if (!kid.node.significant || this.node.auto_shutdown === 'never') return false;
    if (this.node.auto_shutdown === 'any_significant') return true;
    return this.kids.every(
      (one) => one === kid || !one.node.significant || (one.phase === 'down' && !one.start),
    );
  }

  #restart(kid: Kid, how: Ended): void {
    const settings = this.node.restarts;
    const wait = kid.node.escalates ? undefined : waitFor(settings, this.grants, this.stage.now);
    this.noteDeath(kid, how.reason, wait === undefined ? 'gave up' : 'restart');
    if (wait === undefined) {
      this.#fail('gave up', kid, how);
      return;
    }
    const { strategy } = this.node;
    const from = this.kids.indexOf(kid);
    const affected = this.kids.filter((one, index) => {
      if (strategy === 'one_for_all') return true;
      return strategy === 'rest_for_one' ? index >= from : one === kid;
    });
    const grant = { at: this.stage.now, done: undefined };
    // What the window has forgotten by now does not come back with a longer one.
    const since = this.stage.now - settings.window_ms;
    this.grants = [...this.grants.filter(({ at }) => at > since), grant];
    this.form(affected, wait, grant, kid);
  }

  #fail(kind: string, kid: Kid, { reason, outcome }: Ended): void {
    const { id } = kid.node;
    if (outcome?.failure !== undefined) {
      this.outcome = { kind, failure: outcome.failure, path: `${id}/${outcome.path}` };
      const { output } = outcome;
      if (output !== undefined) this.outcome = { ...this.outcome, output };
    } else {
      this.outcome = { kind, failure: reason, path: id };
      if (outcome !== undefined) this.outcome = { ...this.outcome, output: outcome };
      else if (reason === 'failure')
        this.outcome = { ...this.outcome, output: { failure: reason } };
    }
  }

  protected override settle(): void {
    if (this.outcome !== undefined && !this.ending) this.#wind();
    for (const group of [...this.groups]) while (this.step(group));
    this.dissolve();
    if (this.outcome !== undefined || this.began || this.groups.length > 0) return;
    this.began = true;
    const above = this.#above;
    const id = this.node.id;
    if (above !== undefined) this.out.push(() => above.hear({ type: 'supervisor.ready', id }));
  }

  /** Begins the end. */
  #wind(): void {
    this.ending = true;
    for (const { timer } of this.groups) this.stage.cancel(timer);
    const group: Group = { wait: undefined, timer: undefined, grant: undefined };
    this.groups = [group];
    for (const kid of this.kids) {
      if (kid.phase === 'starting') this.stage.cancel(kid.timer);
      this.answer(kid, 'up', 'the supervisor is stopping');
      kid.stop = kid.phase !== 'down';
      kid.start = false;
      kid.group = group;
    }
    const within = this.node.stop_within_ms;
    if (within === undefined) return;
    const late = () => {
      for (const kid of this.kids.filter(({ phase }) => phase !== 'down').reverse()) {
        this.killKid(kid, `the supervisor had not stopped within ${within} ms`);
      }
    };
    this.out.push(() => {
      this.lastTimer = this.stage.after(within, () => this.post(late));
    });
  }

  protected override notReady(kid: Kid, within_ms: number): void {
    if (kid.stop || kid.phase !== 'starting') return;
    const how = { abnormal: true, reason: `it was not ready within ${within_ms} ms` };
    if (kid.waiting.some(({ want }) => want === 'up')) this.#refuseStart(kid, how.reason);
    else if (!this.began && !kid.began) {
      this.noteDeath(kid, how.reason, 'start failed');
      this.#fail('start failed', kid, how);
    } else this.#restart(kid, how);
  }

  protected override conclude(): void {
    if (!this.ending || this.kids.some(({ phase }) => phase !== 'down')) return;
    this.gone = true;
    this.forgetTimers();
    const { outcome } = this;
    if (outcome === undefined) return;
    const abnormal = outcome.failure !== undefined;
    const reason = outcome.failure ?? 'ended';
    this.#above?.ended(this.node.id, { abnormal, reason, outcome });
  }

  protected override actorOf(node: Node, path: string): Actor {
    if (node.kind === 'supervisor') return new Supervisor(this.stage, this, path, node);
    if (node.kind === 'dynamic') return new Dynamic(this.stage, this, path, node);
    return new Worker(this.stage, this, path, factsOf(this.stage.history.root, path));
  }
}

/** Runs a history with the model. */
export function runModel(history: History, until_ms: number): Account {
  const stage = new Stage(history);
  const root = new Supervisor(stage, undefined, '', history.root);
  root.start();
  for (const one of history.outside) {
    stage.after(one.at_ms, () => {
      if (one.what === 'shoot') stage.shootable.get(one.path)?.();
      else if (one.what === 'stop') root.stop(one.now);
      else {
        const actor = root.at(one.path === '' ? [] : one.path.split('/'));
        if (one.what === 'start') {
          if (actor instanceof Dynamic) actor.startChild(one.number);
        } else if (actor instanceof Supervisor) {
          if (one.what === 'adjust') actor.adjust(one.restarts);
          else actor.request(one.request, one.id, one.before);
        }
      }
    });
  }
  stage.runUntil(until_ms);
  const ended = root.gone && root.outcome !== undefined;
  const deaths = root.deaths().map(({ at, path, text }) => `${at} ${path} ${text}`);
  return {
    log: stage.log,
    outcome: ended ? JSON.stringify(root.outcome) : 'active',
    deaths,
  };
}
