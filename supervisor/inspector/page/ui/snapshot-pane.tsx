/** The snapshot that is looked at, and what of it changed since the one before. */

import { useMemo } from 'preact/hooks';
import { looking } from '../looking.ts';
import { tick } from '../state.ts';
import { changesBetween } from '../store/json.ts';
import type { Look } from '../store/look.ts';
import type { HeardState } from '../store/messages.ts';
import { JsonTree } from './json-tree.tsx';

export function SnapshotPane() {
  const look = looking();
  if (look === undefined) return null;
  return <Snapshot look={look} key={look.actor.session} />;
}

function Snapshot({ look }: { readonly look: Look }) {
  const { actor, state, before, live, shot } = look;
  // Figures come without a snapshot, twice a second.
  const figures = live ? actor.figures : undefined;
  const figures_key = figures === undefined ? 0 : tick.value;
  const { death } = actor;
  const value = useMemo(
    () => ({ ...partsOf(state), ...(figures === undefined ? {} : { figures }), ...lastOf(look) }),
    [state, figures_key, death, live],
  );
  const changes = useMemo(
    () =>
      before === undefined ? new Map() : changesBetween(partsOf(before.state), partsOf(state)),
    [before, state],
  );
  const changed = [...changes.values()].filter((change) => change !== 'inside').length;
  return (
    <div class="snapshot">
      <div class="pane-note">
        {shot === undefined && 'It died before the page was opened: there is no snapshot.'}
        {shot !== undefined && before === undefined && 'The first snapshot that was heard'}
        {before !== undefined && changedText(changed)}
      </div>
      <JsonTree value={value} changes={changes} label="Snapshot" />
    </div>
  );
}

function changedText(changed: number): string {
  if (changed === 0) return 'The same as the snapshot before';
  return `${changed} ${changed === 1 ? 'value' : 'values'} changed since the snapshot before`;
}

function partsOf({ value, context, tags }: HeardState): object {
  const has_tags = Array.isArray(tags) && tags.length > 0;
  return { state: value, ...(has_tags ? { tags } : {}), context };
}

function lastOf({ actor, live }: Look): object {
  const last = actor.death?.last;
  if (last === undefined || !live) return {};
  try {
    return { 'last words': JSON.parse(last) };
  } catch {
    return { 'last words': last };
  }
}
