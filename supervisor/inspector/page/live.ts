/** Keeps the page connected and its world up to date: what comes is applied once a frame. */

import { batch } from '@preact/signals';
import type { Answer, AskTaken, Command, SendEvent, ShowToken } from '../protocol.ts';
import { type Connection, connect } from './connection.ts';
import {
  chosen,
  frame,
  inbox,
  paused,
  phase,
  pinned,
  shot_number,
  stale,
  tick,
  unread,
  world,
} from './state.ts';
import type { Letter } from './store/messages.ts';
import { World } from './store/world.ts';

const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 10_000;
const TICK_MS = 500;
/** A page in the background has no frames; then it is applied in parts. */
const WAITING_MAX = 4000;
const ANSWER_MS_MAX = 10_000;
const HTTP_FORBIDDEN = 403;

let connection: Connection | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;
let attempt = 0;
let refused = false;
let frame_asked = false;
/** The next message is the first of a new world. */
let fresh = true;
/** The paths of what was looked at in the world before. */
let before: { chosen: string | undefined; pinned: string[] } | undefined;
let command_number = 0;
const waiting = new Map<number, (outcome: Outcome) => void>();

/** What came of a command. */
type Outcome = Omit<Answer, 'type' | 'number'>;

type Unnumbered<C> = C extends Command ? Omit<C, 'number'> : never;

export function start(): void {
  open();
  setInterval(() => {
    tick.value += 1;
    if (document.hidden && !paused.value) applyAll();
  }, TICK_MS);
}

function open(): void {
  clearTimeout(retry);
  phase.value = { is: 'connecting' };
  connection = connect({
    opened: () => {
      fresh = true;
    },
    heard: take,
    unread: () => {
      unread.value += 1;
    },
    closed: lose,
  });
}

function lose(): void {
  // One that was refused did not open, and the browser says no more of it.
  if (phase.value.is === 'connecting') void askWhetherRefused();
  connection = undefined;
  for (const [number, answer] of waiting) {
    waiting.delete(number);
    answer({ error: 'the connection was lost before an answer came' });
  }
  stale.value = world.value.actors.size > 0;
  const wait_ms = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** attempt);
  attempt += 1;
  phase.value = { is: 'away', attempt, again_at_ms: Date.now() + wait_ms, refused };
  retry = setTimeout(open, wait_ms);
}

/** Whether a service is there that does not know the token in the URL, as one that began anew. */
async function askWhetherRefused(): Promise<void> {
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  const status = await fetch(window.location.href, { cache: 'no-store', signal }).then(
    (response) => response.status,
    () => undefined,
  );
  refused = status === HTTP_FORBIDDEN;
  if (phase.value.is === 'away') phase.value = { ...phase.value, refused };
}

/** Tries at once, without the rest of the wait. */
export function reconnectNow(): void {
  if (phase.value.is === 'away') open();
}

function take(letter: Letter): void {
  const { message } = letter;
  if (message.type === 'service.answer') {
    const { number, ...outcome } = message;
    waiting.get(number)?.(outcome);
    waiting.delete(number);
    return;
  }
  if (fresh) begin();
  inbox.put(letter);
  if (paused.value) return;
  if (inbox.length >= WAITING_MAX) applyAll();
  if (frame_asked) return;
  frame_asked = true;
  requestAnimationFrame(() => {
    frame_asked = false;
    if (!paused.value) applyAll();
  });
}

/** The first message of a service that is there, or there again. */
function begin(): void {
  fresh = false;
  attempt = 0;
  refused = false;
  const old = world.value;
  const pathOf = (session: string | undefined): string | undefined =>
    session === undefined ? undefined : old.actors.get(session)?.path;
  if (old.actors.size > 0) {
    const paths = [...pinned.value].map(pathOf).filter((path) => path !== undefined);
    before = { chosen: pathOf(chosen.value), pinned: paths };
  }
  // What waits is of the world before.
  inbox.takeAll();
  batch(() => {
    world.value = new World();
    chosen.value = undefined;
    shot_number.value = undefined;
    pinned.value = new Set();
    stale.value = false;
    paused.value = false;
    phase.value = { is: 'live' };
  });
}

function applyAll(): void {
  const letters = inbox.takeAll();
  if (letters.length === 0) return;
  const here = world.value;
  for (const letter of letters) here.apply(letter);
  batch(() => {
    chooseAgain(here);
    frame.value += 1;
  });
}

/** What was looked at in the world before; or else the root. */
function chooseAgain(here: World): void {
  if (before !== undefined) {
    const again = before.chosen === undefined ? undefined : here.byPath(before.chosen);
    if (again !== undefined) chosen.value = again.session;
    const pins = before.pinned.map((path) => here.byPath(path)?.session);
    pinned.value = new Set(pins.filter((session) => session !== undefined));
    const complete = again !== undefined && pinned.value.size === before.pinned.length;
    if (complete || here.events.length > 0) before = undefined;
  }
  if (chosen.value !== undefined && here.actors.has(chosen.value)) return;
  chosen.value = here.roots.values().next().value;
  shot_number.value = undefined;
}

export function pause(): void {
  paused.value = true;
}

export function resume(): void {
  paused.value = false;
  applyAll();
}

/** Sends a command and waits for what comes of it. */
export function ask(command: Unnumbered<SendEvent | ShowToken | AskTaken>): Promise<Outcome> {
  if (connection === undefined || phase.value.is !== 'live') {
    return Promise.resolve({ error: 'there is no connection to the service now' });
  }
  const number = ++command_number;
  connection.send({ ...command, number });
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      waiting.delete(number);
      resolve({ error: `no answer came within ${ANSWER_MS_MAX / 1000} s` });
    }, ANSWER_MS_MAX);
    waiting.set(number, (outcome) => {
      clearTimeout(timer);
      resolve(outcome);
    });
  });
}
