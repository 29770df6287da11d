/** Texts that the campaign on the methods draws from. */

export const COLORS = ['#FF0000', '#00ff0080', '#00000000', '#abcdef'];

export const TEXTS = [
  'a name',
  'front',
  'png',
  'gox',
  'obj',
  'isometric',
  '',
  '__proto__',
  'constructor',
  '\u00fcml\u00e4ut \ud83d\ude00',
  '#3366CC',
  'red',
  '..',
  '%s%n',
  'a\nb',
];

/** For what has a pattern that none of the others fits. */
export const PATTERNED = ['a name', 'z90', 'x-90,z180', 'main', 'engine:0'];

/** The directories that paths are below, as the daemon of the campaign sees them. */
export const OUTSIDE = 'outside';
export const SEED_FILE = 'seed.gox';

export const PATHS = [
  'a.gox',
  'b.vox',
  'c.obj',
  'd.png',
  'd.txt',
  'e.glb',
  SEED_FILE,
  SEED_FILE,
  'new/directory/x.gox',
  'none.gox',
  'no-extension',
  '.hidden',
  '\u00e9.ply',
  'x.unknown',
  `../${OUTSIDE}/secret.gox`,
  `../${OUTSIDE}/new.gox`,
  '/etc/passwd',
  '/dev/null',
  '/proc/self/mem',
  '/',
  '.',
  '..',
  'a\u0000.gox',
  `${'long/'.repeat(800)}x.gox`,
  `${'x'.repeat(300)}.gox`,
];

export const SCRIPTS = [
  '1 + 1',
  'goxel.image.activeLayer.volume.setAt([1, 2, 3], [255, 0, 0, 255])',
  'goxel.image.activeLayer.volume.count',
  'throw new Error("on purpose")',
  'syntax error',
  'for (;;) {}',
  'args',
  '',
  '"x".repeat(1e9)',
];

/** The most that some parameters are given, so that no request takes minutes. */
export const QUICK: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'goxel.render_scene': {
    width: 40,
    height: 40,
    samples: 2,
    count: 3,
    time_ms: 50,
    bounces: 3,
    'views[]': 2,
  },
  'goxel.load_project': { size: 40 },
  'goxel.import_file': { size: 40 },
  'script.execute': { timeout_ms: 100 },
};
