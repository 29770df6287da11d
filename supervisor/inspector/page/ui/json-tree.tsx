/** JSON as a tree that is opened and closed; what has changed is lit. */

import { useMemo, useState } from 'preact/hooks';
import { type Change, type JsonPath, type JsonRow, jsonRows } from '../store/json.ts';
import { Icon } from './icons.tsx';
import { VirtualList } from './virtual.tsx';

const ROW_PX = 20;
const INDENT_PX = 13;

interface JsonTreeProps {
  readonly value: unknown;
  readonly changes: ReadonlyMap<JsonPath, Change>;
  readonly label: string;
}

export function JsonTree({ value, changes, label }: JsonTreeProps) {
  const [toggled, setToggled] = useState<ReadonlyMap<JsonPath, boolean>>(new Map());
  const [at, setAt] = useState(0);
  const rows = useMemo(() => jsonRows(value, { toggled, changes }), [value, toggled, changes]);
  const toggle = ({ path, open }: JsonRow, wanted = open === false): void => {
    if (open === undefined || open === wanted) return;
    setToggled(new Map(toggled).set(path, wanted));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[at];
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: rows.length - 1,
    };
    const to = steps[event.key];
    if (to !== undefined) setAt(Math.max(0, Math.min(rows.length - 1, to)));
    else if (event.key === 'ArrowRight' && row !== undefined) toggle(row, true);
    else if (event.key === 'ArrowLeft' && row !== undefined) toggle(row, false);
    else if (event.key === 'Enter' && row !== undefined) toggle(row);
    else return;
    event.preventDefault();
  };
  return (
    <VirtualList
      count={rows.length}
      row_px={ROW_PX}
      keyOf={(index) => rows[index]?.path ?? index}
      shown={at < rows.length ? at : undefined}
      row={(index) => {
        const row = rows[index];
        if (row === undefined) return null;
        return (
          <JsonRowView
            row={row}
            at={index === at}
            onToggle={() => {
              setAt(index);
              toggle(row);
            }}
          />
        );
      }}
      attributes={{ class: 'json', role: 'tree', tabIndex: 0, 'aria-label': label, onKeyDown }}
    />
  );
}

interface JsonRowProps {
  readonly row: JsonRow;
  readonly at: boolean;
  onToggle(): void;
}

function JsonRowView({ row, at, onToggle }: JsonRowProps) {
  const { depth, key, kind, text, open, change } = row;
  const classes = ['json-row', `is-${kind}`];
  if (at) classes.push('at');
  if (change !== undefined) classes.push(`has-${change}`);
  if (depth === 0) classes.push('top');
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus, as ARIA has it
    <div
      class={classes.join(' ')}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={at}
      {...(open === undefined ? {} : { 'aria-expanded': open })}
      style={{ paddingLeft: `${6 + depth * INDENT_PX}px` }}
      title={text.length > 30 ? text : undefined}
      onClick={onToggle}
    >
      <span class={open === true ? 'twisty open' : 'twisty'} aria-hidden="true">
        {open !== undefined && <Icon name="chevron" />}
      </span>
      {key !== '' && <span class="key">{key}</span>}
      {open !== true && <span class="value">{text}</span>}
      {change === 'added' && <span class="new">new</span>}
    </div>
  );
}
