/**
 * What is written in the chart of a machine, before anything has a place: the boxes of its states
 * and the labels of its edges, with their sizes in px.
 *
 * A transition that leaves its state is an edge; those between the same two states share one, and
 * its label has a row for each. One that does not leave its state is a row in the state's box: a
 * state that hears of forty things would be a hedgehog otherwise.
 */

import {
  type ChartNode,
  type ChartTransition,
  isWithin,
  type StatesById,
  statesById,
} from './model.ts';
import { type Lines, type Measure, type Piece, setLines, stack } from './text.ts';

/** A transition, written. */
export interface Row extends Lines {
  /** Unique in the chart. */
  readonly key: string;
  readonly source: string;
  readonly transition: ChartTransition;
}

export interface BoxContent {
  readonly state: ChartNode;
  /** Its name, what it does on entry and exit, what it invokes, its tags. */
  readonly head: Lines;
  readonly rows: readonly Row[];
}

export interface EdgeContent {
  readonly key: string;
  readonly source: string;
  readonly target: string;
  /** None for an edge from an initial dot, and where another edge has them. */
  readonly rows: readonly Row[];
}

export interface Content {
  readonly states: StatesById;
  /** By the id of the state. */
  readonly boxes: ReadonlyMap<string, BoxContent>;
  readonly edges: readonly EdgeContent[];
}

const TEXT_MAX = 230;
const LABEL_MAX = 190;
const INDENT = 10;
const LINES_MAX = 3;
/** Room for the seconds that are left, beside the name of a delay. */
export const COUNTDOWN = 46;

export function contentOf(machine: ChartNode, measure: Measure): Content {
  const boxes = new Map<string, BoxContent>();
  const edges = new Map<string, EdgeContent & { rows: Row[] }>();
  const states = statesById(machine);
  const connect = (row: Row, target: string) => {
    const key = `${row.source} → ${target}`;
    const known = edges.get(key);
    if (known) known.rows.push(row);
    else edges.set(key, { key, source: row.source, target, rows: [row] });
  };
  for (const { state } of states.values()) {
    const rows: Row[] = [];
    for (const [index, transition] of state.transitions.entries()) {
      const row = { key: `${state.id}/${index}`, source: state.id, transition };
      if (transition.targets.every((target) => isWithin(states, target, state.id))) {
        const lines = rowLines(transition, TEXT_MAX, measure, whereTo(state, transition, states));
        rows.push({ ...lines, ...row });
        continue;
      }
      const lines = rowLines(transition, LABEL_MAX, measure);
      for (const [nth, target] of transition.targets.entries()) {
        connect({ ...lines, ...row, key: `${row.key}/${nth}` }, target);
      }
    }
    boxes.set(state.id, { state, head: headOf(state, measure), rows });
  }
  return { states, boxes, edges: [...edges.values()] };
}

function headOf(state: ChartNode, measure: Measure): Lines {
  const name: Piece[] = [{ text: state.key, role: 'name' }];
  if (state.type === 'parallel') name.push({ text: '  parallel', role: 'word' });
  if (state.type === 'history') name.push({ text: '  history', role: 'word' });
  for (const tag of state.tags) name.push({ text: ` #${tag}`, role: 'tag' });
  const parts = [setLines(name, TEXT_MAX, LINES_MAX, measure)];
  const say = (word: string, names: readonly string[]) => {
    if (names.length === 0) return;
    const pieces: Piece[] = [{ text: `${word} `, role: 'word' }, ...listed(names)];
    parts.push(setLines(pieces, TEXT_MAX, LINES_MAX, measure, INDENT));
  };
  say('entry /', state.entry);
  say('exit /', state.exit);
  for (const { id, src } of state.invoke) say('invoke', [id === src ? id : `${id} (${src})`]);
  return stack(parts, 0);
}

/** Whether a row has room for what is left of a timer. */
export function hasRoom(event: string): boolean {
  return event.startsWith('after ');
}

function rowLines(
  { event, guard, actions }: ChartTransition,
  width_max: number,
  measure: Measure,
  target?: string,
): Lines {
  const pieces: Piece[] = [{ text: event, role: 'event' }];
  if (guard !== undefined) pieces.push({ text: ` [${guard}]`, role: 'guard' });
  if (target) pieces.push({ text: ` ${target}`, role: 'target' });
  if (target === '') pieces.push({ text: ' ignored', role: 'word' });
  const room = hasRoom(event) ? COUNTDOWN : 0;
  const parts = [setLines(pieces, width_max - room, LINES_MAX, measure, INDENT)];
  if (actions.length > 0) {
    const acts: Piece[] = [{ text: '/ ', role: 'word' }, ...listed(actions)];
    parts.push(setLines(acts, width_max, LINES_MAX, measure, INDENT));
  }
  const lines = stack(parts, -1);
  return { ...lines, width: Math.max(lines.width, (parts[0]?.width ?? 0) + room) };
}

function listed(names: readonly string[]): Piece[] {
  const last = names.length - 1;
  return names.map((name, index) => ({
    text: index < last ? `${name}, ` : name,
    role: 'actions',
  }));
}

/** Where a transition leads that does not leave its state; '' when it keeps others from acting. */
function whereTo(
  { id, type }: ChartNode,
  { targets, internal, actions }: ChartTransition,
  states: StatesById,
): string | undefined {
  if (targets.length === 0) return actions.length === 0 ? '' : undefined;
  const within = targets.filter((target) => target !== id);
  if (within.length > 0) return `→ ${within.map((to) => pathOf(to, id, states)).join(', ')}`;
  return internal && (type === 'compound' || type === 'parallel') ? '→ initial' : '↻';
}

function pathOf(id: string, ancestor: string, states: StatesById): string {
  const { state, parent } = states.get(id) ?? {};
  if (state === undefined) return id;
  if (parent === undefined || parent === ancestor) return state.key;
  return `${pathOf(parent, ancestor, states)}.${state.key}`;
}
