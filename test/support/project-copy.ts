/** All that can be told of a project, in plain values. */

import { createHash } from 'node:crypto';
import { shownAtCheckpoint } from '../../engine/project/points.ts';
import type { Project } from '../../engine/project/project.ts';
import type { Volume } from '../../engine/volume/volume.ts';

/** All of a project that an edit can change, in plain values. */
export function copyOf(project: Project): string[] {
  const { document, selection } = project;
  // What clones show may be out of date until somebody asks.
  project.boundDerived();
  document.refresh();
  const { layers, active: _, ...scene } = document.state;
  const text = (value: unknown) => JSON.stringify(value, plain);
  return [
    `active ${document.activeLayer.id}`,
    `scene ${text(scene)}`,
    `selection ${text(selection.box)} ${blocksOf(selection.mask).join(' ')}`,
    ...layers.flatMap((layer) => {
      const { volume, ...state } = layer.state;
      const shown = layer.derived ? blocksOf(layer.volume).sort() : [];
      return [`layer ${layer.id} ${text(state)}`, ...blocksOf(volume), ...shown];
    }),
  ];
}

function plain(_key: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? [...(value as Float32Array)] : value;
}

/** Where each block is, in their order, and what it holds. */
export function blocksOf(volume: Volume): string[] {
  return [...volume.blocks()].map(({ x, y, z, data, count }) => {
    return `${x} ${y} ${z} ${count} ${createHash('sha1').update(data).digest('base64')}`;
  });
}

/** Beside what `copyOf` tells: facts, history, checkpoints, and where blocks lie, empty or not. */
export function factsOf(project: Project): unknown {
  const { name, path, format, unsaved, revision, documentNumber } = project;
  const { history, checkpoints, document } = project;
  return {
    facts: { name, path, format, unsaved, revision, documentNumber },
    sequence: project.records.sequence,
    done: history.newest(history.length).map(stepOf),
    undone: history.undone.map(stepOf),
    ...{ begin: history.begin, forgotten: history.forgotten, lost: history.lost },
    preview: document.preview === undefined ? null : [...document.preview],
    slots: document.layers.map(({ state }) =>
      Array.from({ length: state.volume.blockCount }, (_, i) => state.volume.blockIn(i)).map(
        ({ x, y, z, count }) => `${x} ${y} ${z} ${count}`,
      ),
    ),
    checkpoints: [...checkpoints.all].map((one) => ({
      ...{ name: one.name, at_ms: one.at_ms, step: one.step, revision: one.revision },
      shown: shownAtCheckpoint(one).map(({ id, name, visible, volume }) => ({
        ...{ id, name, visible },
        blocks: blocksOf(volume).sort(),
      })),
    })),
  };
}

function stepOf({ number, origin, at_ms, before, after, summary: { layers, parts } }: Step) {
  return { number, origin, at_ms, before, after, layers: [...layers], parts: [...parts] };
}

type Step = ReturnType<Project['history']['newest']>[number];
