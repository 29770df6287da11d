/** What a mirror begins with: all that is there once in a project. */

import type { CheckpointFacts } from '../project/checkpoints.ts';
import type { HistoryFacts } from '../project/history.ts';
import type { Project } from '../project/project.ts';
import type { Item, ValueWriter } from './values.ts';

export interface Root {
  /** The last id, and the last version, that were given. */
  readonly last_id: number;
  readonly last_version: number;
  readonly name: string;
  readonly title: string | undefined;
  readonly path: string | undefined;
  readonly format: string | undefined;
  readonly numbers: Project['numbers'];
  readonly document: Item;
  readonly preview: Item;
  readonly selection: Item;
  readonly history: HistoryFacts;
  readonly checkpoints: readonly Item[];
  readonly checkpoint_facts: CheckpointFacts;
  /** What is remembered of edits with an `op_id`, in parts, in order. */
  readonly ops: readonly Item[];
}

/** @param ops parts that are never written into */
export function rootOf(
  project: Project,
  ops: readonly object[],
  values: ValueWriter,
): Omit<Root, 'last_id' | 'last_version'> {
  const { name, title, path, format, numbers } = project;
  const { document, selection, history, checkpoints } = project;
  const objects = {
    document: values.refer(document.state),
    preview: values.refer(document.keptPreview),
    selection: values.refer(selection),
    checkpoints: Array.from(checkpoints.all, (one) => values.refer(one)),
    ops: ops.map((part) => values.refer(part)),
  };
  return {
    ...{ name, title, path, format, numbers, ...objects },
    ...{ history: history.facts, checkpoint_facts: checkpoints.facts },
  };
}
