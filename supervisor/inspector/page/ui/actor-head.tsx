/** The chosen actor: who it is, how it is, what can be done with it. */

import { looking } from '../looking.ts';
import { choose, chosen, pinned, sending_to, stale, tick, toggled, world } from '../state.ts';
import { age, rate } from '../store/format.ts';
import { stateText, toneOf } from '../store/state-text.ts';
import type { Actor } from '../store/world.ts';
import { Icon } from './icons.tsx';
import { lastWords } from './tree-row.tsx';

export function ActorHead() {
  const look = looking();
  if (look === undefined) return null;
  const { actor, live } = look;
  const text = live ? actor.state_text : stateText(look.state.value);
  const last = lastWords(actor);
  const tone = actor.death !== undefined && live ? 'plain' : toneOf(text);
  return (
    <div class="actor-head">
      <div class="who">
        <Path actor={actor} />
        <h2>
          <span class="id">{actor.id}</span>
          <span class={`state-chip tone-${tone}`}>{text === '' ? 'no state' : text}</span>
          {!live && <span class="then-chip">as it was</span>}
          {last !== '' && last !== text && <span class="dead-chip">{last}</span>}
        </h2>
        <Facts actor={actor} />
      </div>
      <Actions actor={actor} />
    </div>
  );
}

/** Those above it, from the root. */
function Path({ actor }: { readonly actor: Actor }) {
  const above: Actor[] = [];
  let session = actor.parent;
  while (session !== undefined && above.length < 64) {
    const parent = world.value.actors.get(session);
    if (parent === undefined) break;
    above.unshift(parent);
    session = parent.parent;
  }
  return (
    <nav class="path" aria-label="Above it">
      {above.map((parent) => (
        <span key={parent.session}>
          <button type="button" class="link" onClick={() => choose(parent.session)}>
            {parent.id}
          </button>
          <span class="slash">/</span>
        </span>
      ))}
      {above.length === 0 && <span class="quiet">root</span>}
    </nav>
  );
}

function Facts({ actor }: { readonly actor: Actor }) {
  tick.value;
  const { source, born_ms, death, restarts, load } = actor;
  const facts: [string, string][] = [['kind', actor.kind]];
  if (source !== undefined && source !== '' && source !== actor.id) facts.push(['logic', source]);
  if (death !== undefined) {
    if (death.lived_ms !== undefined) facts.push(['lived', age(death.lived_ms)]);
    facts.push(['died', `${age(world.value.now(Date.now()) - death.at_ms)} ago`]);
  } else {
    if (born_ms !== undefined) facts.push(['age', age(world.value.now(Date.now()) - born_ms)]);
    facts.push(['events/s', rate(actor.rate)]);
    if (load !== undefined) facts.push(['load', `${Math.round(load * 100)} %`]);
  }
  if (restarts !== undefined) facts.push(['restarts', String(restarts)]);
  for (const [name, value] of Object.entries(actor.figures ?? {}).slice(0, 6)) {
    facts.push([name.replaceAll('_', ' '), String(value)]);
  }
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Actions({ actor }: { readonly actor: Actor }) {
  const reason = whyNotSend(actor);
  const is_pinned = pinned.value.has(actor.session);
  return (
    <div class="actions">
      <button
        type="button"
        class={is_pinned ? 'tool on' : 'tool'}
        aria-pressed={is_pinned}
        title="In the sequence diagram (x)"
        onClick={() => {
          pinned.value = toggled(pinned.value, actor.session);
        }}
      >
        <Icon name="pin" />
        <span>{is_pinned ? 'Pinned' : 'Pin'}</span>
      </button>
      <button
        type="button"
        class="tool"
        disabled={reason !== undefined}
        title={reason ?? 'Send an event to this actor (s)'}
        onClick={openSending}
      >
        <Icon name="send" />
        <span>Send event…</span>
      </button>
    </div>
  );
}

/** Why no event can be sent to an actor; undefined when one can. */
function whyNotSend(actor: Actor): string | undefined {
  if (stale.value) return 'there is no connection to the service now';
  if (actor.death !== undefined) return 'it is dead';
  if (world.value.greeting?.sending === 'never') return 'the service lets nobody send events';
  return undefined;
}

/** Opens the dialog for the chosen actor, if it can be sent to. */
export function openSending(): void {
  const actor = world.value.actors.get(chosen.value ?? '');
  if (actor === undefined || whyNotSend(actor) !== undefined) return;
  sending_to.value = actor.session;
}
