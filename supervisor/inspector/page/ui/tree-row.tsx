/** One actor in the tree. */

import { choose, chosen, frame, pinned, tick, toggled, tree_closed, world } from '../state.ts';
import { rate, shortAge } from '../store/format.ts';
import { toneOf } from '../store/state-text.ts';
import type { TreeRow } from '../store/tree.ts';
import type { Actor } from '../store/world.ts';
import { Icon } from './icons.tsx';

const INDENT_PX = 12;

export function rowId(session: string): string {
  return `actor-${session}`;
}

interface TreeRowProps {
  readonly row: TreeRow;
  /** The most events a second that an actor gets. */
  readonly rate_max: number;
}

export function TreeRowView({ row, rate_max }: TreeRowProps) {
  // What is known of an actor changes in place.
  frame.value;
  const { actor, depth, open, place, siblings, found } = row;
  const { session, id, death } = actor;
  const is_chosen = chosen.value === session;
  const classes = ['tree-row'];
  if (is_chosen) classes.push('chosen');
  if (death !== undefined) classes.push('dead');
  if (!found) classes.push('unfound');
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus, as ARIA has it
    <div
      id={rowId(session)}
      class={classes.join(' ')}
      role="treeitem"
      aria-level={depth + 1}
      aria-posinset={place}
      aria-setsize={siblings}
      aria-selected={is_chosen}
      {...(open === undefined ? {} : { 'aria-expanded': open })}
      title={titleOf(actor)}
      onClick={() => choose(session)}
      onDblClick={() => {
        if (open !== undefined) tree_closed.value = toggled(tree_closed.value, session);
      }}
    >
      <span class="tree-name" style={{ paddingLeft: `${depth * INDENT_PX}px` }}>
        <Twisty session={session} open={open} />
        <span class={dotOf(actor)} />
        <span class="id">{id === '' ? '(no id)' : id}</span>
        <span class="state">{death === undefined ? liveText(actor) : lastWords(actor)}</span>
        {open === false && <span class="more">{row.children}</span>}
        {(actor.restarts ?? 0) > 0 && (
          <span class="restarts" title={`${actor.restarts} restarts`}>{`↻${actor.restarts}`}</span>
        )}
        <Pin session={session} />
      </span>
      <Load actor={actor} rate_max={rate_max} />
      <Age actor={actor} />
    </div>
  );
}

function dotOf({ death, kind, state_text }: Actor): string {
  if (death !== undefined) return 'dot tone-plain';
  if (kind === 'machine') return `dot tone-${toneOf(state_text)}`;
  return `dot effect tone-${state_text === 'active' ? 'plain' : toneOf(state_text)}`;
}

/** An effect that is there is active: that tells nobody whether it works or waits. */
function liveText({ kind, state_text }: Actor): string {
  return kind === 'effect' && state_text === 'active' ? '' : state_text;
}

function Twisty({
  session,
  open,
}: {
  readonly session: string;
  readonly open: boolean | undefined;
}) {
  if (open === undefined) return <span class="twisty" />;
  return (
    <span
      class={open ? 'twisty open' : 'twisty'}
      aria-hidden="true"
      onClick={(event) => {
        event.stopPropagation();
        tree_closed.value = toggled(tree_closed.value, session);
      }}
    >
      <Icon name="chevron" />
    </span>
  );
}

function Pin({ session }: { readonly session: string }) {
  const is_pinned = pinned.value.has(session);
  return (
    <input
      type="checkbox"
      class="pin"
      tabIndex={-1}
      checked={is_pinned}
      aria-label="In the sequence diagram"
      title="In the sequence diagram (x)"
      onClick={(event) => event.stopPropagation()}
      onChange={() => {
        pinned.value = toggled(pinned.value, session);
      }}
    />
  );
}

function Load({ actor, rate_max }: { readonly actor: Actor; readonly rate_max: number }) {
  tick.value;
  if (actor.death !== undefined) return <span class="load" />;
  // Rates lie far apart; a bar of their logarithm shows the small ones too.
  const share = actor.load ?? Math.log1p(actor.rate) / Math.log1p(Math.max(rate_max, 10));
  const percent = Math.round(Math.max(0, Math.min(1, share)) * 100);
  const text =
    actor.load === undefined
      ? `${rate(actor.rate)} events/s`
      : `${Math.round(actor.load * 100)} % of a core, ${rate(actor.rate)} events/s`;
  return (
    <span class="load" title={text}>
      <span class={percent > 80 && actor.load !== undefined ? 'bar hot' : 'bar'}>
        <span style={{ width: `${percent}%` }} />
      </span>
    </span>
  );
}

function Age({ actor }: { readonly actor: Actor }) {
  tick.value;
  const { death, born_ms } = actor;
  if (death !== undefined) {
    const lived = death.lived_ms === undefined ? '' : `† ${shortAge(death.lived_ms)}`;
    return <span class="age">{lived}</span>;
  }
  const now_ms = world.value.now(Date.now());
  return <span class="age">{born_ms === undefined ? '' : shortAge(now_ms - born_ms)}</span>;
}

/** Why it ended, as short as it can be said. */
export function lastWords({ death }: Actor): string {
  if (death === undefined) return '';
  const { status, last } = death;
  return last === undefined || last === '' || last === 'null'
    ? status
    : `${status}: ${unquoted(last)}`;
}

/** Last words are JSON; a text is read without its quotes, an error by its message. */
function unquoted(last: string): string {
  try {
    const value: unknown = JSON.parse(last);
    if (typeof value === 'string') return value;
    if (typeof value === 'object' && value !== null) {
      for (const key of ['message', 'reason', 'failure']) {
        const text = (value as Record<string, unknown>)[key];
        if (typeof text === 'string') return text;
      }
    }
  } catch {
    // No JSON: what died before the page came has a reason in plain words.
  }
  return last;
}

function titleOf(actor: Actor): string {
  const { path, id, source, state_text, death } = actor;
  const lines = [path === '' ? id : path];
  if (source !== undefined && source !== '') lines.push(`logic: ${source}`);
  lines.push(death === undefined ? `state: ${state_text}` : lastWords(actor));
  return lines.join('\n');
}
