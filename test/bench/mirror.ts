/**
 * `npm run bench -- mirror [--rounds N]`: what it takes to tell the main thread of a project and to
 * make it anew of that; and what edits take with and without it, in turns in every round.
 */

import { parseArgs } from 'node:util';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { Mirrors } from '../../engine/mirror/mirrors.ts';
import { ProjectMirror } from '../../engine/mirror/project-mirror.ts';
import { type Mirror, type MirrorDelta, mirrorAfter } from '../../engine/port/mirror.ts';
import { Parcels, packed } from '../../engine/port/parcels.ts';
import { BLOCK_VOXELS } from '../../engine/volume/block.ts';
import { LooseProject } from '../support/project.ts';
import { randomNumbers } from '../support/volumes.ts';
import { median, table, took } from './table.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);

/** Edits between two answers. */
const BATCH = 32;

/** Bytes that projects may have here. */
const ENOUGH = 2 ** 32;

/** As from one thread to another, with what it takes to post it and to receive it. */
const { port1, port2 } = new MessageChannel();

function posted<T>(value: T): T {
  const { parts, message } = packed(value);
  for (const part of parts) port1.postMessage(part);
  port1.postMessage(message);
  const parcels = new Parcels();
  for (;;) {
    const received = parcels.receive(receiveMessageOnPort(port2)!.message);
    if (received !== undefined) return received.message as T;
  }
}

function timed<T>(action: () => T): [result: T, ms: number] {
  const began = performance.now();
  const result = action();
  return [result, performance.now() - began];
}

/** A project full of noise of 256 colours. */
function noisy(blocks: number): LooseProject {
  const made = new LooseProject(ENOUGH, undefined, ENOUGH);
  const random = randomNumbers(1);
  const { volume } = made.project.document.activeLayer;
  made.project.transact(() => {
    for (let i = 0; i < blocks; i++) {
      const words = Uint32Array.from({ length: BLOCK_VOXELS }, () => {
        return 0xff00_0000 + Math.floor(256 * random());
      });
      volume.setBlock(16 * (i % 16), 16 * ((i >> 4) % 16), 16 * (i >> 8), words);
    }
  });
  return made;
}

/** A project with so many steps of one voxel each. */
function sketched(steps: number): LooseProject {
  const made = new LooseProject(ENOUGH, undefined, ENOUGH);
  const random = randomNumbers(1);
  for (let i = 0; i < steps; i++) voxel(made, random);
  return made;
}

function voxel({ project }: LooseProject, random: () => number): void {
  const at = () => Math.floor(64 * random());
  const { volume } = project.document.activeLayer;
  const color = 0xff00_0000 + Math.floor(2 ** 24 * random());
  project.transact(() => volume.set(at(), at(), at(), color));
}

function fill({ project }: LooseProject, random: () => number): void {
  const [x, y, z] = [at(), at(), at()];
  const { volume } = project.document.activeLayer;
  const color = 0xff00_0000 + Math.floor(2 ** 24 * random());
  project.transact(() => volume.fillBox([x, y, z], [x + 21, y + 22, z + 23], color));

  function at(): number {
    return Math.floor(100 * random());
  }
}

function again(): void {
  const kinds: [string, LooseProject][] = [
    ['1,000,000 voxels', noisy(256)],
    ['10,000,000 voxels', noisy(2560)],
    ['100,000 steps of a voxel', sketched(100_000)],
  ];
  const rows = kinds.map(([name, { project }]) => {
    const times: number[][] = [];
    for (let round = 0; round < rounds; round++) {
      const [delta, telling] = timed(() => new ProjectMirror(project).delta(1));
      const [received, posting] = timed(() => posted(delta));
      const mirror = mirrorAfter(undefined, received);
      const [kept, giving] = timed(() => posted(mirror));
      const other = new LooseProject(ENOUGH, undefined, ENOUGH);
      const [, making] = timed(() => new ProjectMirror(other.project).restore(kept));
      times.push([telling, posting, giving, making]);
    }
    const medians = [0, 1, 2, 3].map((i) => median(times.map((one) => one[i]!)).toFixed(1));
    return [name, ...medians];
  });
  console.log(table(['ms', 'all told', 'posted', 'given back', 'made anew'], rows));
}

/** On a machine that others use too, time would pass without any edit. */
function processor_ms(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Microseconds of so many edits, of a project that is told of or not. */
function edited(count: number, edit: typeof voxel, told: boolean): number {
  const made = new LooseProject(ENOUGH, undefined, 2 ** 26);
  const random = randomNumbers(2);
  for (let i = 0; i < count / 10; i++) edit(made, random);
  const { records } = made.project;
  const mirrors = new Mirrors(processor_ms, (error) => {
    throw error;
  });
  if (told) mirrors.follow(1, made.project);
  let mirror: Mirror | undefined;
  const { cpu_s } = took(() => {
    let last = processor_ms();
    for (let i = 1; i <= count; i++) {
      edit(made, random);
      if (i % BATCH > 0) continue;
      // As an engine does.
      records.goOn(i, 1);
      const now = processor_ms();
      mirrors.ran(1, now - last);
      last = now;
      for (const { delta } of mirrors.take([]))
        mirror = mirrorAfter(mirror, posted(delta) as MirrorDelta);
    }
  });
  return cpu_s * 1e6;
}

function costs(): void {
  const kinds: [string, number, typeof voxel][] = [
    ['a voxel', 100_000, voxel],
    ['a box of 10,626 voxels', 3000, fill],
  ];
  const rows = kinds.map(([name, count, edit]) => {
    const [alone, told, ratios]: number[][] = [[], [], []];
    for (let round = 0; round < rounds; round++) {
      const [without, beside] = [edited(count, edit, false), edited(count, edit, true)];
      alone!.push(without / count);
      told!.push(beside / count);
      ratios!.push(beside / without);
    }
    const [a, b, ratio] = [alone, told, ratios].map((all) => median(all!).toFixed(2));
    return [name, a!, b!, ratio!];
  });
  console.log(`\n${table(['µs of the processor', 'alone', 'told of', 'ratio'], rows)}`);
}

again();
costs();
port1.close();
