/** Pictures from what is kept are those from nothing, to the byte, whatever happened meanwhile. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { newMaterial } from '../../../engine/document/scene.ts';
import { Kept } from '../../../engine/prepared/kept.ts';
import type { Project } from '../../../engine/project/project.ts';
import { prepareRender } from '../../../engine/render/direct.ts';
import type { RenderJob } from '../../../engine/render/job.ts';
import type { RenderOptions } from '../../../engine/render/options.ts';
import { renderPictures, runRenderPart } from '../../../engine/render/render.ts';
import type { Vec3 } from '../../../engine/volume/box.ts';
import { pack } from '../../../engine/volume/color.ts';
import { LooseProject } from '../../support/project.ts';
import { SEED } from '../../support/seed.ts';
import { type Next, numbersFrom } from '../../support/volumes.ts';

const OPTIONS: readonly RenderOptions[] = [
  { views: [{ width: 90, height: 70 }] },
  {
    views: [{ width: 64, height: 64, camera: 'front', orthographic: true }],
    outline: { silhouette: 0.7, borders: 0.4 },
    background: 'transparent',
  },
  {
    views: [{ width: 70, height: 90, camera: { eye: [30, -50, 40], target: [8, 8, 8] } }],
    samples: 1,
    format: 'jpeg',
    light: { fixed: true, pitch_degrees: 50, shadow: 1 },
  },
  // Of means.
  { views: [{ width: 12, height: 10 }] },
  { views: [{ width: 6, height: 6, camera: 'isometric' }], light: { shadow: 1 } },
  {
    views: [
      { width: 60, height: 60, camera: 'isometric' },
      { width: 60, height: 60, camera: 'top', fit: false },
    ],
    light: { pitch_degrees: 70 },
    materials: false,
  },
];

const bytesOf = (pictures: readonly { bytes: Uint8Array }[]) =>
  pictures.map(({ bytes }) => Buffer.from(bytes).toString('base64'));

/** The pictures of a job whose parts have threads of their own, by copies of it. */
function finish(job: RenderJob): string[] {
  const pictures: { bytes: Uint8Array }[] = [];
  const copies = [structuredClone(job), structuredClone(job)];
  for (const [stage, parts] of job.stages.entries()) {
    for (let part = parts - 1; part >= 0; part--) {
      const bytes = runRenderPart(copies[part % 2]!, stage, part);
      if (bytes !== undefined) pictures.unshift({ bytes });
    }
  }
  return bytesOf(pictures);
}

/** A few layers of two materials, one of which can be seen through. */
function begin(next: Next): Project {
  const { project } = new LooseProject();
  const { document } = project;
  project.transact(() => {
    const glass = { ...newMaterial('glass'), color: new Float32Array([0.5, 1, 1, 0.5]) };
    document.addMaterial(glass);
    document.layers[0]!.volume.fillBox([0, 0, 0], [30, 20, 6], pack(120, 160, 90, 255));
    document.addLayer('above').volume.fillBox([5, 5, 6], [12, 12, 15], pack(200, 60, 60, 255));
    if (next(2) === 0) document.layers[1]!.set({ material: 1 });
  });
  return project;
}

const spot = (next: Next): Vec3 => [next(44) - 6, next(34) - 6, next(30) - 4];

const EDITS: readonly ((project: Project, next: Next) => void)[] = [
  ({ document }, next) => {
    const { volume } = document.layers[next(document.layers.length)]!;
    for (let i = next(6); i >= 0; i--) {
      volume.set(...spot(next), next(3) === 0 ? 0 : pack(next(256), 90, next(256), 255));
    }
  },
  ({ document }, next) => {
    const { volume } = document.layers[next(document.layers.length)]!;
    const [x, y, z] = spot(next);
    const max: Vec3 = [x + 1 + next(18), y + 1 + next(18), z + 1 + next(8)];
    volume.fillBox([x, y, z], max, next(2) === 0 ? 0 : pack(40, next(256), 90, 255));
  },
  ({ document }, next) => {
    const layer = document.layers[next(document.layers.length)]!;
    layer.set({ visible: !layer.visible });
  },
  ({ document }, next) => {
    document.layers[next(document.layers.length)]!.set({ material: next(2) });
  },
  ({ document }, next) => {
    if (document.layers.length < 4) {
      document.addLayer('another').volume.fillBox([0, 0, 20], [4, next(30) + 1, 22], 0xff00_ffff);
    } else document.removeLayer(document.layers[next(4)]!.id);
  },
  ({ document }, next) => {
    if (next(4) === 0) document.layers[next(document.layers.length)]!.volume.clear();
  },
];

function step(project: Project, next: Next): void {
  const choice = next(EDITS.length + 3);
  if (choice === EDITS.length) project.undo();
  else if (choice === EDITS.length + 1) project.redo();
  else if (choice === EDITS.length + 2) {
    // One that is taken back.
    assert.throws(() =>
      project.transact(() => {
        EDITS[next(EDITS.length)]!(project, next);
        throw new Error('taken back');
      }),
    );
  } else project.transact(() => EDITS[choice]!(project, next));
}

const test = suite('prepared blocks');

/** Ceilings for what is kept: much; no pixels; not all faces; nearly nothing. */
const CEILINGS = [2 ** 26, 2 ** 15, 2 ** 13, 64];

/** Draws and edits by turns, of which all comes from a seed. */
function drawAndEdit(seed: number, ceiling: number): void {
  const next = numbersFrom(seed);
  const project = begin(next);
  const kept = new Kept(ceiling);
  for (let i = 0; i < 24; i++) {
    const options = { ...OPTIONS[next(OPTIONS.length)]!, threads: 1 + next(4) };
    const found = finish(prepareRender(project.document, options, undefined, kept));
    const wanted = bytesOf(renderPictures(project.document, options));
    assert.equal(found, wanted, `seed ${seed}, ceiling ${ceiling}, step ${i}`);
    for (let edits = next(3); edits >= 0; edits--) step(project, next);
  }
}

test('pictures from kept blocks, maps and pixels are those from nothing', () => {
  for (const [round, ceiling] of CEILINGS.entries()) drawAndEdit(SEED + round, ceiling);
});

test('a block at the origin that has no room is drawn at once as others are', () => {
  drawAndEdit(841_520_868, 2 ** 15);
});

test('jobs under way while others begin and edits come show what was when they began', () => {
  for (let round = 0; round < 4; round++) {
    const next = numbersFrom(SEED + 100 + round);
    const project = begin(next);
    // With the lower ceiling no picture is small enough to be kept, and each is a job.
    const kept = new Kept([2 ** 26, 2 ** 18][round % 2]!);
    const running: { job: RenderJob; wanted: string[] }[] = [];
    for (let i = 0; i < 24; i++) {
      const options = { ...OPTIONS[next(OPTIONS.length)]!, threads: 2 };
      const wanted = bytesOf(renderPictures(project.document, options));
      const job = prepareRender(project.document, options, undefined, kept);
      // What is drawn already is encoded at once.
      if (job.stages.slice(0, -1).every((parts) => parts === 0)) assert.equal(finish(job), wanted);
      else running.push({ job, wanted });
      if (next(2) === 0) step(project, next);
      while (running.length > 3 || (running.length > 0 && next(2) === 0)) {
        const [{ job, wanted: due }] = running.splice(next(running.length), 1) as [
          (typeof running)[number],
        ];
        // Some never end.
        if (next(5) > 0) assert.equal(finish(job), due, `seed ${SEED}, round ${round}, step ${i}`);
      }
    }
  }
});

test('what becomes glass casts no shadow any more', () => {
  const project = begin(() => 1);
  const { document } = project;
  project.transact(() => {
    document.layers[0]!.volume.fillBox([12, 8, 6], [16, 12, 20], pack(200, 200, 90, 255));
    document.layers[1]!.set({ visible: false });
  });
  const kept = new Kept(2 ** 26);
  const [options] = OPTIONS as [RenderOptions];
  for (const material of [0, 1, 0]) {
    project.transact(() => document.layers[0]!.set({ material }));
    const found = finish(prepareRender(document, options, undefined, kept));
    assert.equal(found, bytesOf(renderPictures(document, options)), `material ${material}`);
  }
});

test('blocks that took the slots of others are drawn', () => {
  const { project } = new LooseProject();
  const { volume } = project.document.layers[0]!;
  const fill = (x: number, y: number, rgba: number) => {
    project.transact(() => volume.fillBox([x, y, 0], [x + 160, y + 128, 16], rgba));
  };
  fill(0, 0, 0xff00_ffff);
  fill(160, 0, 0xffff_00ff);
  const kept = new Kept(2 ** 26);
  const [options] = OPTIONS as [RenderOptions];
  finish(prepareRender(project.document, options, undefined, kept));
  // As many blocks go as come.
  fill(0, 0, 0);
  fill(0, 128, 0xff80_80ff);
  const found = finish(prepareRender(project.document, options, undefined, kept));
  assert.equal(found, bytesOf(renderPictures(project.document, options)));
});

test('shadow maps of pictures that are too large to be kept take no more room each time', () => {
  const { document } = begin(() => 1);
  const kept = new Kept(2 ** 18);
  for (let i = 0; i < 5; i++) {
    const light = { fixed: true, yaw_degrees: 40 * i, shadow: 1 };
    finish(
      prepareRender(document, { views: [{ width: 200, height: 200 }], light }, undefined, kept),
    );
  }
  // Each takes 256 KiB or more.
  const bytes = kept.bytes - kept.prepared.bytes;
  assert.ok(bytes < 3 * 2 ** 20, `${bytes} bytes`);
});

test('what jobs prepare that never end does not keep others from room', () => {
  const { project } = new LooseProject();
  const { document } = project;
  project.transact(() => {
    for (let i = 0; i < 2000; i++) {
      document.layers[0]!.volume.set((i * 7) % 151, (i * 11) % 103, (i * 13) % 29, 0xffff_ffff);
    }
  });
  const kept = new Kept(2 ** 20);
  const [options] = OPTIONS as [RenderOptions];
  const begun = () => {
    const job = prepareRender(document, options, undefined, kept);
    for (const stage of [0, 1]) {
      for (let part = 0; part < job.stages[stage]!; part++) runRenderPart(job, stage, part);
    }
    return job;
  };
  for (let i = 0; i < 8; i++) begun();
  for (let i = 0; i < 2; i++) finish(prepareRender(document, options, undefined, kept));
  const { todo } = prepareRender(document, { ...options, occlusion: 0 }, undefined, kept);
  assert.is(todo.faces.length, 0);
});

test.run();
