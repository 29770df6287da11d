/** JSON as rows of a tree that is opened and closed, and what changed of it. */

/** Parts of the way to a value, joined by a character that no key is likely to have. */
export type JsonPath = string;

const SEPARATOR = '\u0000';
/** Opened at first: so many levels, and nothing with more members than that. */
const OPEN_DEPTH = 2;
const OPEN_MEMBERS_MAX = 24;
const JSON_ROWS_MAX = 5000;
const CHANGES_MAX = 2000;
const PREVIEW_LENGTH_MAX = 60;

/** Of a value itself, or of something inside. */
export type Change = 'changed' | 'added' | 'inside';

export interface JsonRow {
  readonly path: JsonPath;
  readonly depth: number;
  /** Undefined for the whole, when that is shown. */
  readonly key: string;
  readonly kind: 'string' | 'number' | 'boolean' | 'null' | 'note' | 'object' | 'array' | 'more';
  /** The value, or for objects and arrays a preview. */
  readonly text: string;
  readonly open?: boolean;
  readonly change?: Change;
}

export interface JsonView {
  /** Those that somebody has opened (true) or closed. */
  readonly toggled: ReadonlyMap<JsonPath, boolean>;
  readonly changes: ReadonlyMap<JsonPath, Change>;
}

/** The rows of a value's members; of something plain one row without a key. */
export function jsonRows(value: unknown, view: JsonView): JsonRow[] {
  const rows: JsonRow[] = [];
  if (isBranch(value)) addMembers(rows, value, '', 0, view);
  else rows.push(rowOf('', '', 0, value, view));
  return rows;
}

function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function addMembers(
  rows: JsonRow[],
  value: object,
  path: JsonPath,
  depth: number,
  view: JsonView,
): void {
  for (const [key, inner] of Object.entries(value)) {
    if (rows.length >= JSON_ROWS_MAX) {
      const text = 'more is not shown: close something above';
      if (rows.at(-1)?.kind !== 'more') rows.push({ path, depth, key: '', kind: 'more', text });
      return;
    }
    const at = `${path}${SEPARATOR}${key}`;
    const row = rowOf(at, key, depth, inner, view);
    rows.push(row);
    if (row.open === true && isBranch(inner)) addMembers(rows, inner, at, depth + 1, view);
  }
}

function rowOf(
  path: JsonPath,
  key: string,
  depth: number,
  value: unknown,
  view: JsonView,
): JsonRow {
  const change = view.changes.get(path);
  const plain = { path, depth, key, ...(change === undefined ? {} : { change }) };
  if (!isBranch(value)) return { ...plain, ...leafOf(value) };
  const members = Object.keys(value).length;
  const kind = Array.isArray(value) ? 'array' : 'object';
  const small = depth < OPEN_DEPTH && members <= OPEN_MEMBERS_MAX;
  const open = members > 0 && (view.toggled.get(path) ?? small);
  return { ...plain, kind, text: preview(value), ...(members > 0 ? { open } : {}) };
}

/** What a service says instead of a value that JSON does not have, or that is not told. */
const NOTE = /^\((undefined|masked|getter|circular|too deep|proxy|promise|function.*|[A-Z]\w*)\)$/;

function leafOf(value: unknown): { kind: JsonRow['kind']; text: string } {
  if (typeof value === 'string' && NOTE.test(value)) return { kind: 'note', text: value };
  if (typeof value === 'string') return { kind: 'string', text: JSON.stringify(value) };
  if (typeof value === 'number') return { kind: 'number', text: String(value) };
  if (typeof value === 'boolean') return { kind: 'boolean', text: String(value) };
  return { kind: 'null', text: String(value) };
}

/** One line: `{state: "ready", restarts: 0, …}`, `[3] 1, 2, 3`. */
export function preview(value: unknown, length_max = PREVIEW_LENGTH_MAX): string {
  if (!isBranch(value)) return leafOf(value).text;
  const is_array = Array.isArray(value);
  const parts: string[] = [];
  let length = 0;
  for (const [key, inner] of Object.entries(value)) {
    if (length > length_max) {
      parts.push('…');
      break;
    }
    const text = isBranch(inner)
      ? Array.isArray(inner)
        ? `[${inner.length}]`
        : '{…}'
      : shortLeaf(inner);
    const part = is_array ? text : `${key}: ${text}`;
    parts.push(part);
    length += part.length + 2;
  }
  return is_array ? `[${parts.join(', ')}]` : `{${parts.join(', ')}}`;
}

function shortLeaf(value: unknown): string {
  const { text } = leafOf(value);
  return text.length > 32 ? `${text.slice(0, 31)}…` : text;
}

/**
 * What is other in `after`: each value that changed or came, and what they are inside of. What has
 * gone counts as a change of what it was in. Ends after many.
 */
export function changesBetween(before: unknown, after: unknown): Map<JsonPath, Change> {
  const changes = new Map<JsonPath, Change>();
  compare(before, after, '', changes);
  return changes;
}

/** Whether there is any change. */
function compare(
  before: unknown,
  after: unknown,
  path: JsonPath,
  changes: Map<JsonPath, Change>,
): boolean {
  if (Object.is(before, after) || changes.size >= CHANGES_MAX) return false;
  if (!isBranch(before) || !isBranch(after) || Array.isArray(before) !== Array.isArray(after)) {
    changes.set(path, 'changed');
    return true;
  }
  const olds = before as Readonly<Record<string, unknown>>;
  const news = after as Readonly<Record<string, unknown>>;
  let inside = false;
  for (const key of Object.keys(news)) {
    const at = `${path}${SEPARATOR}${key}`;
    if (!Object.hasOwn(olds, key)) {
      changes.set(at, 'added');
      inside = true;
    } else if (compare(olds[key], news[key], at, changes)) inside = true;
  }
  const gone = Object.keys(olds).some((key) => !Object.hasOwn(news, key));
  if (gone) changes.set(path, 'changed');
  else if (inside) changes.set(path, 'inside');
  return gone || inside;
}
