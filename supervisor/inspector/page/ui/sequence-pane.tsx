/** Messages between the pinned actors, or around the chosen one. */

import { useMemo, useRef, useState } from 'preact/hooks';
import { Sequence } from '../sequence/sequence.tsx';
import { chosen, chosen_event, drawer, event_scope, frame, pinned, tick, world } from '../state.ts';
import { type EventTest, Sieve } from '../store/filter.ts';
import { count } from '../store/format.ts';
import { columnNames, companyOf, sequenceActors } from '../store/sequence.ts';

/** What a person can follow. */
const MESSAGES_MAX = 500;

export function SequencePane() {
  frame.value;
  const here = world.value;
  const [sieve] = useState(() => new Sieve());
  const pins = pinned.value;
  const company = useCompany();
  const actors = useMemo(
    () => sequenceActors(here, pins, company),
    [here, here.shape, pins, company],
  );
  const columns = useMemo(() => {
    const names = columnNames(here, actors);
    return actors.map(({ session: id, death }, index) => ({
      id,
      ...(names[index] ?? { name: id }),
      ...(death === undefined ? {} : { dead: true }),
    }));
  }, [actors]);
  const key = actors.map(({ session: id }) => id).join('\n');
  const test = useMemo<EventTest>(() => {
    const shown = new Set(key.split('\n'));
    return ({ to, from }) => shown.has(to) && (from === undefined || shown.has(from));
  }, [key]);
  const passed = sieve.take(here.events, test);
  const newest = passed.at(-1)?.number;
  const messages = useMemo(
    () =>
      passed.slice(-MESSAGES_MAX).map(({ flow, sampled, ...rest }) => ({
        ...rest,
        ...(flow === undefined ? {} : { flow }),
        ...(sampled ? { sampled } : {}),
      })),
    [test, newest],
  );
  const picked = chosen_event.value;
  return (
    <div class="sequence-drawer">
      <div class="pane-note">
        {pins.size > 0
          ? `${actors.length} pinned actors`
          : 'The chosen actor and its company; pin actors in the tree (x) to choose others'}
        {passed.length > MESSAGES_MAX && ` · the last ${MESSAGES_MAX} of ${count(passed.length)}`}
      </div>
      <div class="sequence-place">
        <Sequence
          actors={columns}
          messages={messages}
          {...(picked === undefined ? {} : { chosen: picked })}
          onChoose={(number) => {
            chosen_event.value = number;
          }}
        />
      </div>
      {picked !== undefined && messages.some(({ number }) => number === picked) && (
        <button
          type="button"
          class="to-end"
          onClick={() => {
            event_scope.value = 'all';
            drawer.value = 'events';
          }}
        >
          Show it among the events
        </button>
      )}
    </div>
  );
}

/** The chosen actor and its company, looked for twice a second; the same list while it is. */
function useCompany(): readonly string[] {
  const known = useRef<{ chosen?: string | undefined; company: readonly string[] }>({
    company: [],
  });
  const here = world.value;
  const at = tick.value;
  const session = chosen.value;
  return useMemo(() => {
    const before = known.current.chosen === session ? known.current.company : [];
    const company = session === undefined ? [] : companyOf(here, session, before);
    const same = company.join('\n') === before.join('\n');
    known.current = { chosen: session, company: same ? before : company };
    return known.current.company;
  }, [here, at, session]);
}
