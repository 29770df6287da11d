/** Who looks at a daemon by its inspector, as the page does. */

import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Answer, Message, Received, Registered } from '../../supervisor/inspector/protocol.ts';
import { eventually } from './raw.ts';

export class InspectorViewer {
  readonly socket: WebSocket;
  /** All that was told, as it came; the texts for who looks for secrets. */
  readonly messages: Message[] = [];
  readonly texts: string[] = [];
  #commands = 0;
  readonly #registered = new Map<string, Registered>();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      const text = String(data);
      const message = JSON.parse(text) as Message;
      this.texts.push(text);
      this.messages.push(message);
      if (message.type === 'service.register') this.#registered.set(message.sessionId, message);
    });
    socket.on('error', () => {});
  }

  /**
   * Looks at the page of this URL, and waits until it was told of all actors: what happens before
   * that is not told. Rejects when it is not let in.
   */
  static async open(url: string): Promise<InspectorViewer> {
    const viewer = new InspectorViewer(new WebSocket(url.replace(/^http/, 'ws')));
    await once(viewer.socket, 'open');
    viewer.socket.send(JSON.stringify({ type: 'inspector.hello' }));
    viewer.socket.send(JSON.stringify({ type: 'xstate.inspecting' }));
    const knows = () => viewer.messages.some(({ type }) => type === 'service.vitals');
    await viewer.sees('all actors', knows);
    return viewer;
  }

  /** Ids from below the root down to it. */
  pathOf(session: string): string {
    const { id, parent } = this.#registered.get(session) ?? {};
    if (parent === undefined) return '';
    const above = this.pathOf(parent);
    return above === '' ? String(id) : `${above}/${id}`;
  }

  /** The actors that were told of. */
  get paths(): string[] {
    return [...this.#registered.keys()].map((session) => this.pathOf(session));
  }

  /** The states of an actor, those it was told with first, one after the other, as `a.b`. */
  states(path: RegExp): string[] {
    const states: string[] = [];
    for (const message of this.messages) {
      if (message.type !== 'service.register' && message.type !== 'service.state') continue;
      if (!path.test(this.pathOf(message.sessionId))) continue;
      // Of several within a moment only the last is told, but all that was gone through.
      const through = message.type === 'service.state' ? message.transitions : [];
      const state = stateText((JSON.parse(message.state) as { value: unknown }).value);
      const targets = through.flatMap(({ to }) => to.map((id) => id.replace(/^[^.]+\./, '')));
      for (const one of [...targets, state]) if (states.at(-1) !== one) states.push(one);
    }
    return states;
  }

  /** The messages that the daemon shows, such as requests: who sent what to whom. */
  get shown(): { from: string; to: string; event: string; flow: string | undefined }[] {
    const shown = this.messages.filter(
      (message): message is Received =>
        message.type === 'service.event' && message.sampled === true,
    );
    return shown.map(({ from = '', sessionId, event, flow }) => ({
      from: this.pathOf(from),
      to: this.pathOf(sessionId),
      event: (JSON.parse(event) as { name: string }).name,
      flow,
    }));
  }

  /** Whether who shows this token may send events. */
  async show(token: string): Promise<boolean> {
    return (await this.#ask({ type: 'inspector.token', token })).error === undefined;
  }

  /** Sends an event to the actor at that path; what was wrong with it, or nothing. */
  async send(path: string, event: object, confirmed?: string): Promise<string | undefined> {
    const how = confirmed === undefined ? {} : { confirmed };
    return (await this.#ask({ ...this.#about(path, event), ...how })).error;
  }

  /** What an event would end at the actor at that path, as who sends it has to confirm. */
  async ends(path: string, event: object): Promise<string | undefined> {
    return (await this.#ask({ ...this.#about(path, event), check: true })).ends;
  }

  sessionOf(path: string): string | undefined {
    return [...this.#registered.keys()].find((session) => this.pathOf(session) === path);
  }

  #about(path: string, event: object): object {
    return { type: 'xstate.event', event: JSON.stringify(event), service: this.sessionOf(path) };
  }

  /** The definitions of all that were told of, by their paths. */
  get machines(): ReadonlyMap<string, object> {
    return new Map(
      [...this.#registered].map(([session, { machine }]) => [
        this.pathOf(session),
        JSON.parse(machine) as object,
      ]),
    );
  }

  async #ask(command: object): Promise<Answer> {
    this.#commands += 1;
    const number = this.#commands;
    this.socket.send(JSON.stringify({ ...command, number }));
    const answer = () =>
      this.messages.find(
        (one): one is Answer => one.type === 'service.answer' && one.number === number,
      );
    await this.sees('an answer', () => answer() !== undefined);
    return answer() as Answer;
  }

  /** Waits until it was told so. */
  sees(what: string, is: (viewer: InspectorViewer) => boolean): Promise<void> {
    return eventually(`the viewer sees ${what}`, () => is(this));
  }

  async close(): Promise<void> {
    this.socket.close();
    await once(this.socket, 'close');
  }
}

function stateText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, inner]) => (stateText(inner) === '' ? name : `${name}.${stateText(inner)}`))
    .join(' ');
}
