/** What the page shows and how, as signals. What is known of the service is in `world`. */

import { effect, type Signal, signal } from '@preact/signals';
import { Inbox } from './store/inbox.ts';
import { World } from './store/world.ts';

export type Phase =
  | { readonly is: 'connecting' }
  | { readonly is: 'live' }
  | {
      readonly is: 'away';
      readonly attempt: number;
      readonly again_at_ms: number;
      readonly refused: boolean;
    };

/** Replaced when the service was started again. */
export const world = signal(new World());
/** Rises when something was applied to the world. */
export const frame = signal(0);
/** Rises twice a second, for ages and rates. */
export const tick = signal(0);
export const phase = signal<Phase>({ is: 'connecting' });
/** The world is of before, and greyed, until the service is there again. */
export const stale = signal(false);
export const paused = signal(false);
export const inbox = new Inbox();
/** Messages that are none of the protocol. */
export const unread = signal(0);

/** The session of the actor that is looked at. */
export const chosen = signal<string | undefined>(undefined);
/** The snapshot that is looked at: its number; undefined: as it is now. */
export const shot_number = signal<number | undefined>(undefined);
/** For the sequence diagram. */
export const pinned = signal<ReadonlySet<string>>(new Set());

export const tree_search = signal('');
export const tree_closed = signal<ReadonlySet<string>>(new Set());
export const with_dead = remembered<boolean>('dead', true);

export const event_text = signal('');
export const event_type = signal('');
export const event_scope = remembered<'this' | 'subtree' | 'all'>('scope', 'subtree');
export const chosen_event = signal<number | undefined>(undefined);

export type Drawer = 'events' | 'sequence';
export const drawer = remembered<Drawer>('drawer', 'events');
/** In narrow windows one of them is shown. */
export const upper = remembered<'chart' | 'snapshot'>('upper', 'chart');
export const tree_width = remembered<number>('tree', 320);
export const side_width = remembered<number>('side', 340);
export const drawer_height = remembered<number>('height', 260);

export const help_open = signal(false);
/** The actor to send an event to. */
export const sending_to = signal<string | undefined>(undefined);

export type Theme = 'dark' | 'light';
/** As the system has it, until somebody chooses. */
export const theme = remembered<Theme | 'system'>('theme', 'system');
export const system_dark = signal(false);

export function themeNow(): Theme {
  if (theme.value !== 'system') return theme.value;
  return system_dark.value ? 'dark' : 'light';
}

/** A signal whose value is there again when the page is opened anew, where that is allowed. */
function remembered<T extends string | number | boolean>(name: string, initial: T): Signal<T> {
  const key = `inspector.${name}`;
  const value = signal<T>(initial);
  try {
    const text = localStorage.getItem(key);
    const known: unknown = text === null ? undefined : JSON.parse(text);
    if (typeof known === typeof initial) value.value = known as T;
  } catch {
    // Nothing is remembered here.
  }
  effect(() => {
    const text = JSON.stringify(value.value);
    try {
      localStorage.setItem(key, text);
    } catch {
      // Nothing is remembered here.
    }
  });
  return value;
}

export function choose(session: string): void {
  if (chosen.value === session) return;
  chosen.value = session;
  shot_number.value = undefined;
}

/** With `item` in the set if it was not, without it if it was. */
export function toggled<T>(set: ReadonlySet<T>, item: T): Set<T> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}
