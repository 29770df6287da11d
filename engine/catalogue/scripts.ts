/** Methods that run scripts. */

import { RANKS } from '../../conf/levels.ts';
import { Type } from '../../conf/type.ts';
import { Count, Path, projectParams, RealPath, Success } from './schemas.ts';
import { type MethodSpec, method } from './spec.ts';
import { Warnings } from './warnings.ts';

const CODE_LENGTH_MAX = 4 * 1024 * 1024;

const FormatName = Type.String({
  maxLength: 255,
  description: 'Without it: the first one whose `exts` has the end of the path.',
});

export const executeScript = method({
  name: 'script.execute',
  aliases: ['goxel.execute_script', 'execute_script', 'script.eval', 'goxel.run_script'],
  scope: 'project',
  level: 'standard',
  edits: true,
  replay: 'change',
  barrier: true,
  brief: 'Runs a script.',
  summary: "Runs JavaScript with Goxel's script API on the project, in a sandbox.",
  description:
    'The script has a deadline and a memory limit; it reads no file but the one to `import`, and' +
    ' writes only below the roots. When it fails, the project is as it was. `value` is what its' +
    ' last statement gives, as far as it is JSON, and `output` what it printed.' +
    ' `goxel.call(method, params)` in a script does what the request would do that has them, and' +
    ' gives its result; an error has the `code` and the message of the one in the reply, and may' +
    ' be caught. That goes for the methods of a project that touch no file. Of what the code' +
    ' registers, `execute` runs a script; `import` and `export` have a format read or write a' +
    ' file.',
  params: projectParams({
    script: Type.Optional(Type.String({ maxLength: CODE_LENGTH_MAX })),
    path: Type.Optional(Path),
    name: Type.Optional(Type.String({ maxLength: 255 })),
    args: Type.Optional(
      Type.Unknown({ description: 'Any JSON value; the script sees it as `args`.' }),
    ),
    execute: Type.Optional(Type.String({ maxLength: 255 })),
    import: Type.Optional(Type.Object({ path: Path, format: Type.Optional(FormatName) })),
    export: Type.Optional(Type.Object({ path: Path, format: Type.Optional(FormatName) })),
    timeout_ms: Type.Optional(
      Type.Integer({
        maximum: 300_000,
        description: 'limits.script_timeout_ms at most, and when it is 0 or less.',
      }),
    ),
  }),
  positional: ['script'],
  spellings: { code: 'script', file_path: 'path' },
  result: Type.Object({
    success: Success,
    code: Type.Integer({ description: '0, as the v14 daemon has it.' }),
    message: Type.String(),
    value: Type.Optional(Type.Unknown()),
    output: Type.Array(Type.String()),
    registered: Type.Array(Type.String({ description: 'Scripts and formats it registered.' })),
    changed: Type.Integer({ minimum: 0, description: 'Of the voxels of all layers.' }),
    files: Type.Array(Type.Object({ path: RealPath, bytes: Count, warnings: Warnings }), {
      description: 'Those that it wrote, in order.',
    }),
  }),
  errors: [
    'GOX_PATH_REFUSED',
    'GOX_FILE',
    'GOX_FORMAT_UNKNOWN',
    'GOX_FORMAT_LIMIT',
    'GOX_SCRIPT_FAILED',
    'GOX_SCRIPT_TIMEOUT',
    'GOX_SCRIPT_MEMORY',
    'GOX_LAYER_LIMIT',
    'GOX_MEMORY_LIMIT',
  ],
  examples: [
    {
      name: 'a row of voxels',
      params: {
        script:
          'const volume = goxel.image.activeLayer.volume;\n' +
          'for (let x = 0; x < args.length; x++) volume.setAt([x, 0, 0], [255, 0, 0, 255]);\n' +
          'args.length',
        args: { length: 5 },
      },
    },
    {
      name: 'a ring of balls, each by a request of its own',
      params: {
        script:
          'for (let i = 0; i < args.balls; i++) {\n' +
          '  const angle = (2 * Math.PI * i) / args.balls;\n' +
          '  const [x, y] = [Math.cos(angle), Math.sin(angle)].map((v) => Math.round(20 * v));\n' +
          '  const center = [x, y, 4];\n' +
          "  goxel.call('procedural_shape', { shape_type: 'sphere', radius: 4, center });\n" +
          '}\n' +
          "goxel.call('get_bounding_box').max",
        args: { balls: 6 },
      },
    },
  ],
});

/**
 * Why scripts cannot call a method by `goxel.call`, completing "Scripts cannot call it: ...";
 * undefined for one that they can. This is the only place that decides it.
 */
export function whyUnscripted(spec: MethodSpec): string | undefined {
  const { scope, level, project, barrier, unscripted } = spec;
  if (scope !== 'project') return 'it asks the daemon, not a project';
  if (project !== undefined) return `it ${project} a project`;
  if (barrier === true) return 'it reads or writes a file';
  if (RANKS[level] > RANKS[executeScript.level]) return 'who may run scripts may not do that';
  return unscripted;
}

export const SCRIPT_METHODS = [executeScript] as const;
