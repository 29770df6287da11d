/** One event in the list. */

import { eventText } from '../chart/model.ts';
import { choose, chosen, chosen_event, world } from '../state.ts';
import { payloadLine } from '../store/filter.ts';
import { clock } from '../store/format.ts';
import type { EventEntry } from '../store/world.ts';
import { Icon } from './icons.tsx';

interface EventRowProps {
  readonly entry: EventEntry;
  readonly open: boolean;
  onToggle(): void;
}

export function EventRowView({ entry, open, onToggle }: EventRowProps) {
  const { number, at_ms, name, from, to, data, sampled, flow } = entry;
  const classes = ['event-row'];
  if (chosen_event.value === number) classes.push('chosen');
  if (sampled) classes.push('sampled');
  return (
    // biome-ignore lint/a11y/useSemanticElements: its list is made of places of rows
    <div class={classes.join(' ')} role="listitem">
      <button type="button" class="event-open" aria-expanded={open} onClick={onToggle}>
        <span class={open ? 'twisty open' : 'twisty'} aria-hidden="true">
          <Icon name="chevron" />
        </span>
        <span class="time">{clock(at_ms)}</span>
        <span class="event-name" title={name}>
          {eventText(name)}
        </span>
      </button>
      <span class="route">
        <Who session={from} />
        <span class="arrow">→</span>
        <Who session={to} />
      </span>
      <span class="payload">{payloadLine(data)}</span>
      {(sampled || flow !== undefined) && (
        <span class="tag" title={sampled ? 'Its service shows some of such messages only' : ''}>
          {flow ?? 'sampled'}
        </span>
      )}
    </div>
  );
}

function Who({ session }: { readonly session: string | undefined }) {
  if (session === undefined) return <span class="quiet">outside</span>;
  const actor = world.value.actors.get(session);
  if (actor === undefined) return <span class="quiet">{session}</span>;
  const is_chosen = session === chosen.value;
  return (
    <button
      type="button"
      tabIndex={-1}
      class={is_chosen ? 'link who-chosen' : 'link'}
      title={actor.path === '' ? actor.id : actor.path}
      onClick={() => choose(session)}
    >
      {actor.id}
    </button>
  );
}

export function PayloadLine({ text }: { readonly text: string }) {
  return <div class="payload-line">{text}</div>;
}
