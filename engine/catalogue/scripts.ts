/** Methods that run scripts. */

import { Type } from 'typebox';
import { Count, Path, projectParams, RealPath, Success } from './schemas.ts';
import { method } from './spec.ts';

const CODE_LENGTH_MAX = 4 * 1024 * 1024;

export const executeScript = method({
  name: 'script.execute',
  aliases: ['goxel.execute_script', 'execute_script', 'script.eval', 'goxel.run_script'],
  scope: 'project',
  level: 'standard',
  edits: true,
  barrier: true,
  summary: "Runs JavaScript with Goxel's script API on the project, in a sandbox.",
  description:
    'The script has a deadline and a memory limit; it reads no files, and writes only below the' +
    ' roots. When it fails, the project is as it was. `value` is what its last statement gives,' +
    ' as far as it is JSON, and `output` what it printed. `execute` names a script that the code' +
    ' registers, to be run as well.',
  params: projectParams({
    script: Type.Optional(Type.String({ maxLength: CODE_LENGTH_MAX })),
    path: Type.Optional(Path),
    name: Type.Optional(Type.String({ maxLength: 255 })),
    args: Type.Optional(
      Type.Unknown({ description: 'Any JSON value; the script sees it as `args`.' }),
    ),
    execute: Type.Optional(Type.String({ maxLength: 255 })),
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
    files: Type.Array(Type.Object({ path: RealPath, bytes: Count }), {
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
  ],
});

export const SCRIPT_METHODS = [executeScript] as const;
