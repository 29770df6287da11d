/** What `goxel-supervisor journal` prints, as data and as text: a line each. */

import type { SegmentHeader } from '../../../engine/journal/files.ts';
import type { SegmentFault } from '../../../engine/journal/format.ts';
import type { SnapshotSummary } from '../../../engine/journal/snapshot.ts';
import type { StoreFault } from '../../../engine/journal/store-reader.ts';

/** A record; what else there is of it depends on its type. */
interface RecordLine extends Partial<SegmentHeader> {
  readonly kind: 'record';
  readonly offset: number;
  /** With its head. */
  readonly bytes: number;
  readonly type: string;
  readonly sequence: number;
  readonly epoch: number;
  readonly synced?: number;
  readonly at_ms?: number;
  readonly method?: string;
  readonly client?: number;
  readonly op_id?: string;
  readonly params?: unknown;
  /** Why its body says nothing. */
  readonly unreadable?: string;
}

/** How a file ends; without a fault all of it can be read. */
interface EndLine {
  readonly kind: 'end';
  readonly path: string;
  /** The bytes that hold. */
  readonly end: number;
  readonly records?: number;
  readonly edits?: number;
  readonly fault?: SegmentFault;
}

export type Line =
  | { readonly kind: 'file'; readonly path: string; readonly bytes: number }
  | RecordLine
  | ({ readonly kind: 'snapshot' } & SnapshotSummary)
  | EndLine
  | {
      /** What a daemon would find. */
      readonly kind: 'project';
      readonly directory: string;
      readonly project: string;
      /** Of the last edit that can be read, and of the snapshot that is gone on from. */
      readonly sequence: number;
      readonly epoch: number;
      readonly snapshot_sequence: number;
      readonly faults: readonly StoreFault[];
    };

/** @param verbose whether parameters of requests are told, too */
export function jsonLine(line: Line, verbose: boolean): string {
  if (line.kind !== 'record') return `${JSON.stringify(line)}\n`;
  const { params, at_ms, ...rest } = line;
  const at = at_ms === undefined ? {} : { at: timeText(at_ms) };
  const more = verbose && params !== undefined ? { params } : {};
  return `${JSON.stringify({ ...rest, ...at, ...more })}\n`;
}

export function textLine(line: Line, verbose: boolean): string {
  switch (line.kind) {
    case 'file':
      return `${line.path}: ${line.bytes} bytes\n${HEADING}\n`;
    case 'record':
      return `${recordText(line)}${verbose ? paramsText(line) : ''}\n`;
    case 'snapshot': {
      const { project, sequence, epoch, sections } = line;
      const parts = Object.entries(sections).map(([name, count]) => `${count} ${name}`);
      const about = `snapshot of ${quoted(project)} as of edit ${sequence}, epoch ${epoch}`;
      return `  ${about}; sections: ${parts.join(', ')}\n`;
    }
    case 'end': {
      const { end, edits, fault } = line;
      const count = edits === undefined ? '' : `, ${edits} edits`;
      const wrong =
        fault === undefined ? '' : `; ${fault.kind} at ${fault.offset}: ${fault.reason}`;
      return `  whole up to ${end}${count}${wrong}\n\n`;
    }
    case 'project': {
      const { project, sequence, epoch, snapshot_sequence, faults } = line;
      const from =
        snapshot_sequence === 0 ? '' : `, from the snapshot of edit ${snapshot_sequence}`;
      const about = `project ${quoted(project)}: edits up to ${sequence}${from}; epoch ${epoch}`;
      return [about, ...faults.map(faultText)].join('\n').concat('\n\n');
    }
  }
}

function faultText({ kind, path, offset, reason }: StoreFault): string {
  return `  ${kind}: ${path} at ${offset}: ${reason}`;
}

const HEADING = row('offset', 'bytes', 'edit', 'epoch', 'type', 'time', 'client', 'method');

function recordText(line: RecordLine): string {
  const { offset, bytes, sequence, epoch, type, at_ms, client } = line;
  const time = at_ms === undefined ? '' : timeText(at_ms);
  return row(offset, bytes, sequence, epoch, type, time, client ?? '', toldOf(line)).trimEnd();
}

function toldOf({ project, format, first, synced, method, op_id, unreadable }: RecordLine): string {
  if (unreadable !== undefined) return `unreadable: ${unreadable}`;
  if (synced !== undefined) return `edits up to ${synced} are on the disk`;
  if (project !== undefined) return `${quoted(project)}, format ${format}, edits from ${first} on`;
  return `${method ?? ''}${op_id === undefined ? '' : ` op_id ${quoted(op_id)}`}`;
}

function paramsText({ params }: RecordLine): string {
  return params === undefined ? '' : `\n      ${JSON.stringify(params)}`;
}

type Cell = string | number;

function row(
  ...[offset, bytes, edit, epoch, type, time, client, told]: [
    ...[Cell, Cell, Cell, Cell, Cell],
    ...[Cell, Cell, Cell],
  ]
): string {
  const numbers = [right(offset, 10), right(bytes, 8), right(edit, 8), right(epoch, 5)].join(' ');
  return `${numbers}  ${left(type, 8)} ${left(time, 24)} ${right(client, 6)}  ${told}`;
}

function right(value: Cell, width: number): string {
  return String(value).padStart(width);
}

function left(value: Cell, width: number): string {
  return String(value).padEnd(width);
}

/** Names are the clients': no terminal obeys what is in them. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function timeText(at_ms: number): string {
  const date = new Date(at_ms);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
