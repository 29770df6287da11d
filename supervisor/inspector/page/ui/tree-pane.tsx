/** All actors, on the left. */

import type { TargetedKeyboardEvent } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import {
  choose,
  chosen,
  frame,
  pinned,
  tick,
  toggled,
  tree_closed,
  tree_search,
  with_dead,
  world,
} from '../state.ts';
import { count } from '../store/format.ts';
import { moveInTree, type TreeRow, treeRows } from '../store/tree.ts';
import { Icon } from './icons.tsx';
import { rowId, TreeRowView } from './tree-row.tsx';
import { VirtualList } from './virtual.tsx';

const ROW_PX = 24;
const PAGE_ROWS = 20;

export function TreePane() {
  frame.value;
  const here = world.value;
  const view = {
    search: tree_search.value,
    closed: tree_closed.value,
    with_dead: with_dead.value,
  };
  // The text of a state may be searched for; without a search rows change with the actors only.
  const changing = view.search === '' ? 0 : frame.value;
  const rows = useMemo(
    () => treeRows(here, view),
    [here, here.shape, view.search, view.closed, view.with_dead, changing],
  );
  const rate_max = useRateMax();
  const index = rows.findIndex(({ actor }) => actor.session === chosen.value);
  return (
    <section class="pane tree-pane" aria-label="Actors">
      <Search found={rows.filter(({ found }) => found).length} />
      <div class="tree-head" aria-hidden="true">
        <span>Actor and state</span>
        <span>Load</span>
        <span>Age</span>
      </div>
      {rows.length === 0 && <p class="empty">{emptyText(view.search)}</p>}
      <VirtualList
        count={rows.length}
        row_px={ROW_PX}
        keyOf={(at) => rows[at]?.actor.session ?? at}
        shown={index < 0 ? undefined : index}
        row={(at) => <TreeRowView row={rows[at] as TreeRow} rate_max={rate_max} />}
        attributes={{
          class: 'tree',
          role: 'tree',
          tabIndex: 0,
          'aria-label': 'Actors',
          'aria-activedescendant': chosen.value === undefined ? undefined : rowId(chosen.value),
          onKeyDown: (event: TargetedKeyboardEvent<HTMLDivElement>) => onKeyDown(event, rows),
        }}
      />
    </section>
  );
}

function emptyText(search: string): string {
  return search === '' ? 'No actor has been told of yet.' : 'No actor matches.';
}

/** The most that an actor gets; looked up twice a second. */
function useRateMax(): number {
  const here = world.value;
  const at = tick.value;
  return useMemo(() => {
    let most = 1;
    for (const { rate } of here.actors.values()) most = Math.max(most, rate);
    return most;
  }, [here, at]);
}

function onKeyDown(event: TargetedKeyboardEvent<HTMLDivElement>, rows: TreeRow[]): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const move = moveInTree(rows, chosen.value, event.key, PAGE_ROWS);
  if (move === undefined) {
    if (event.key === 'Enter') document.querySelector<HTMLElement>('.actor-head button')?.focus();
    return;
  }
  event.preventDefault();
  if ('to' in move) choose(move.to);
  else tree_closed.value = toggled(tree_closed.value, 'open' in move ? move.open : move.close);
}

function Search({ found }: { readonly found: number }) {
  const input = useRef<HTMLInputElement>(null);
  const searching = tree_search.value !== '';
  const { dead } = world.value;
  return (
    <div class="search">
      <Icon name="search" />
      <input
        ref={input}
        id="tree-search"
        type="search"
        value={tree_search.value}
        placeholder="Find id, path or state   /"
        aria-label="Find actors"
        autocomplete="off"
        spellcheck={false}
        onInput={({ currentTarget }) => {
          tree_search.value = currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            tree_search.value = '';
            input.current?.blur();
          } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
            event.preventDefault();
            document.querySelector<HTMLElement>('[role=tree]')?.focus();
          }
        }}
      />
      {searching && <span class="quiet">{count(found)}</span>}
      {pinned.value.size > 0 && (
        <button
          type="button"
          class="chip"
          title="Take all actors out of the sequence diagram"
          onClick={() => {
            pinned.value = new Set();
          }}
        >
          {`${pinned.value.size} pinned`}
          <Icon name="close" />
        </button>
      )}
      <button
        type="button"
        class={with_dead.value ? 'tool square on' : 'tool square'}
        aria-pressed={with_dead.value}
        aria-label="Show dead actors"
        title={`${with_dead.value ? 'Hide' : 'Show'} the dead (d): ${count(dead)} are kept`}
        onClick={() => {
          with_dead.value = !with_dead.value;
        }}
      >
        <Icon name="dead" />
      </button>
    </div>
  );
}
