/** A project whose requests are recorded as an engine does it, and all that can be told of one. */

import { createHash } from 'node:crypto';
import { METHODS } from '../../engine/catalogue/methods.ts';
import { Job } from '../../engine/jobs/job.ts';
import { methods } from '../../engine/methods/index.ts';
import { shownAtCheckpoint } from '../../engine/project/points.ts';
import type { Project } from '../../engine/project/project.ts';
import { record } from '../../engine/replay/recording.ts';
import { replay } from '../../engine/replay/replay.ts';
import { createScripts } from '../../engine/script/script.ts';
import { wholeOf } from '../../engine/volume/forward.ts';
import type { Volume } from '../../engine/volume/volume.ts';
import { LooseProject } from './project.ts';

export class RecordedProject extends LooseProject {
  /** Bytes of records, in order. */
  readonly tail: Uint8Array[] = [];

  /** Does a request to its end. Throws what it throws; what it has done is recorded in any case. */
  async request(method: string, params: object): Promise<unknown> {
    if (method === 'script.execute') this.project.scripting.scripts = await createScripts();
    const result = this.#recorded(method, params, () => this.run(method, params));
    if (!(result instanceof Job)) return result;
    return this.#recorded(method, undefined, () => this.finish(method, result));
  }

  #recorded<T>(method: string, params: object | undefined, run: () => T): T {
    const { project, client } = this;
    const spec = METHODS.find(({ name }) => name === method)!;
    const { stamp, done } = project;
    let succeeded = false;
    try {
      const result = run();
      succeeded = true;
      return result;
    } finally {
      const request = params && {
        msgpack: false,
        params: Buffer.from(JSON.stringify(params)),
      };
      if (project.stamp !== stamp && project.done !== done) {
        if (record(project, { spec, client, succeeded, request, op: undefined })) {
          this.tail.push(project.records.take().bytes);
        }
      }
    }
  }

  /** Another one, made of the records alone. */
  again(): LooseProject {
    const made = new LooseProject(this.voxel_bytes_max, this.directory, this.history_bytes_max);
    made.project.records.goOn(replay(made.project, this.tail, methods()), 1);
    return made;
  }
}

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
export function factsOf(project: Project): object {
  const { name, title, path, format, unsaved, revision, documentNumber } = project;
  const { kept_revision } = project.numbers;
  const { history, checkpoints, document } = project;
  return {
    facts: { name, title, path, format, unsaved, revision, kept_revision, documentNumber },
    sequence: project.records.sequence,
    done: history.newest(history.length).map(stepOf),
    undone: history.undone.map(stepOf),
    ...{ begin: history.begin, forgotten: history.forgotten, lost: history.lost },
    preview: document.preview === undefined ? null : [...document.preview],
    slots: document.layers.map(({ state }) =>
      wholeOf(state.volume.table).map(({ x, y, z, block }) => `${x} ${y} ${z} ${block.count}`),
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
