/** The events that actors got, the newest last. */

import { useMemo, useRef, useState } from 'preact/hooks';
import {
  chosen,
  chosen_event,
  event_scope,
  event_text,
  event_type,
  frame,
  toggled,
  world,
} from '../state.ts';
import { type EventTest, eventTest, Sieve } from '../store/filter.ts';
import { count } from '../store/format.ts';
import type { EventEntry } from '../store/world.ts';
import { EventRowView, PayloadLine } from './event-row.tsx';
import { Icon } from './icons.tsx';
import { VirtualList } from './virtual.tsx';

const ROW_PX = 22;
const PAYLOAD_LINES_MAX = 200;
const TYPES_SHOWN_MAX = 100;

type Row =
  | { readonly entry: EventEntry; readonly line?: undefined }
  | { readonly entry: EventEntry; readonly line: string; readonly at: number };

export function EventsPane() {
  const [sieve] = useState(() => new Sieve());
  const [following, setFollowing] = useState(true);
  const held = useRef<readonly EventEntry[]>([]);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const passed = sieve.take(world.value.events, useTest());
  frame.value;
  const test_key = `${event_text.value} ${event_type.value} ${event_scope.value} ${chosen.value}`;
  const held_key = useRef(test_key);
  // Whoever has scrolled up reads: rows stay as they are, and what is new is told of.
  if (following || held_key.current !== test_key) held.current = passed.slice();
  held_key.current = test_key;
  const entries = held.current;
  const newest = entries.at(-1)?.number ?? -1;
  const rows = useMemo(() => rowsOf(entries, open), [entries, open]);
  const picked = chosen_event.value;
  const shown = rows.findIndex(({ entry, line }) => entry.number === picked && line === undefined);
  const news = following ? 0 : countNewer(passed, newest);
  return (
    <div class="events">
      <EventFilters shown={entries.length} />
      {entries.length === 0 && <p class="empty">No event passes the filter.</p>}
      <VirtualList
        count={rows.length}
        row_px={ROW_PX}
        keyOf={(index) => keyOf(rows[index], index)}
        follow={following}
        shown={picked === undefined || shown < 0 ? undefined : shown}
        onScrolled={setFollowing}
        row={(index) => {
          const row = rows[index];
          if (row === undefined) return null;
          if (row.line !== undefined) return <PayloadLine text={row.line} />;
          const { entry } = row;
          return (
            <EventRowView
              entry={entry}
              open={open.has(entry.number)}
              onToggle={() => {
                setFollowing(false);
                setOpen(toggled(open, entry.number));
                chosen_event.value = entry.number;
              }}
            />
          );
        }}
        attributes={{ class: 'event-list', role: 'list', tabIndex: 0, 'aria-label': 'Events' }}
      />
      {!following && (
        <button type="button" class="to-end" onClick={() => setFollowing(true)}>
          <Icon name="down" />
          {news === 0 ? 'Follow' : `${count(news)} new`}
        </button>
      )}
    </div>
  );
}

function keyOf(row: Row | undefined, index: number): string | number {
  if (row === undefined) return index;
  return row.line === undefined ? row.entry.number : `${row.entry.number}:${row.at}`;
}

function rowsOf(entries: readonly EventEntry[], open: ReadonlySet<number>): readonly Row[] {
  if (open.size === 0) return entries.map((entry) => ({ entry }));
  return entries.flatMap((entry): Row[] => {
    if (!open.has(entry.number)) return [{ entry }];
    const lines = (JSON.stringify(entry.data, undefined, 2) ?? 'no payload').split('\n');
    const shown = lines.slice(0, PAYLOAD_LINES_MAX);
    if (lines.length > shown.length) shown.push(`… ${lines.length - shown.length} more lines`);
    return [{ entry }, ...shown.map((line, at) => ({ entry, line, at }))];
  });
}

function countNewer(entries: readonly EventEntry[], number: number): number {
  let newer = 0;
  while ((entries[entries.length - 1 - newer]?.number ?? -1) > number) newer += 1;
  return newer;
}

/** The filter, the same function until something of it changes; actors that come are let in. */
function useTest(): EventTest {
  const here = world.value;
  const scope = event_scope.value;
  const session = chosen.value;
  const sessions = useMemo(
    () => (scope === 'all' || session === undefined ? undefined : new Set([session])),
    [here, scope, session],
  );
  useMemo(() => {
    if (scope !== 'subtree' || session === undefined || sessions === undefined) return;
    for (const each of here.subtree(session)) sessions.add(each);
  }, [sessions, here.shape]);
  const text = event_text.value;
  const type = event_type.value;
  return useMemo(() => eventTest({ text, type, sessions }, here), [text, type, sessions, here]);
}

const SCOPES = [
  ['this', 'This one'],
  ['subtree', 'Its subtree'],
  ['all', 'All'],
] as const;

function EventFilters({ shown }: { readonly shown: number }) {
  frame.value;
  const { types, events } = world.value;
  const names = [...types.keys()].sort().slice(0, TYPES_SHOWN_MAX);
  return (
    <div class="filters">
      <div class="segments" role="radiogroup" aria-label="Events of">
        {SCOPES.map(([scope, text]) => (
          <label key={scope} class={event_scope.value === scope ? 'on' : ''}>
            <input
              type="radio"
              name="scope"
              checked={event_scope.value === scope}
              onChange={() => {
                event_scope.value = scope;
              }}
            />
            {text}
          </label>
        ))}
      </div>
      <input
        id="event-filter"
        type="search"
        value={event_text.value}
        placeholder="Words in type, payload or actor; -word to leave out   f"
        aria-label="Filter events"
        autocomplete="off"
        spellcheck={false}
        onInput={({ currentTarget }) => {
          event_text.value = currentTarget.value;
        }}
        onKeyDown={({ key, currentTarget }) => {
          if (key !== 'Escape') return;
          event_text.value = '';
          currentTarget.blur();
        }}
      />
      <select
        value={event_type.value}
        aria-label="Type of event"
        onChange={({ currentTarget }) => {
          event_type.value = currentTarget.value;
        }}
      >
        <option value="">All types</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <span class="quiet counter">{`${count(shown)} of ${count(events.length)}`}</span>
    </div>
  );
}
