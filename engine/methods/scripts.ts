/** Scripts: on one project, as one edit. */

import { GoxError } from '../../conf/errors.ts';
import type { executeScript } from '../catalogue/scripts.ts';
import { documentAround } from '../document/around.ts';
import { formatFor } from '../formats/index.ts';
import { invalidParam } from '../params.ts';
import { BLOCK_BYTES } from '../volume/block.ts';
import { changesBetween } from '../volume/changes.ts';
import { boxMatrix } from '../volume/matrix.ts';
import type { Volume } from '../volume/volume.ts';
import { volumesOf } from './changes.ts';
import type { AnyHandler, Handler } from './handler.ts';
import type { Project } from './project.ts';

/** The stack of QuickJS itself; deep recursion ends with an error of the script. */
const STACK_BYTES = 256 * 1024;
const OUTPUT_BYTES_MAX = 1024 * 1024;

const DONE = 'Script executed successfully';

const execute: Handler<typeof executeScript> = (project, params) => {
  const { script, path, name = path, args, execute: wanted, timeout_ms = 0 } = params;
  if ((script === undefined) === (path === undefined)) {
    throw invalidParam('.script', 'either script or path', script);
  }
  const code =
    script ?? Buffer.from(project.files.read(project.files.absolute(path!))).toString('utf8');
  const { script_timeout_ms, script_memory_bytes_max, scripts } = project.scripting;
  if (scripts === undefined) {
    throw new Error('no sandbox for a script', { cause: project.scripting.failure });
  }
  const { document, selection } = project;
  const limits = {
    deadline_ms: timeout_ms > 0 ? Math.min(timeout_ms, script_timeout_ms) : script_timeout_ms,
    memory_bytes: script_memory_bytes_max,
    stack_bytes: STACK_BYTES,
    output_bytes_max: OUTPUT_BYTES_MAX,
    blocks_max: Math.floor(project.bytesAllowed / BLOCK_BYTES),
  };
  const input = {
    code,
    ...(name === undefined ? {} : { name }),
    ...(args === undefined ? {} : { args: plain(args) }),
    ...(wanted === undefined ? {} : { execute: wanted }),
    ...(selection.box === undefined ? {} : { selection: boxMatrix(selection.box) }),
  };
  const written: Written[] = [];
  const files = {
    write: (to: string, bytes: Uint8Array) => {
      written.push(writeFile(project, to, [bytes]));
    },
    save: (to: string, volume: Volume, format: string) => {
      written.push(save(project, to, volume, format));
    },
  };
  const before = volumesOf(document);
  const { result, changed } = project.transact(() => {
    const result = scripts.run(document, input, limits, files);
    const changes = document.layers.map((layer) => changesBetween(before(layer), layer.volume));
    return { result, changed: changes.reduce((sum, { changed }) => sum + changed, 0) };
  });
  return {
    success: true,
    code: 0,
    message: DONE,
    value: result.value,
    output: [...result.output],
    registered: [...result.scripts, ...result.formats],
    changed,
    files: written,
  };
};

/** MessagePack has values that JSON has not. */
function plain(args: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(args)) as unknown;
  } catch {
    throw invalidParam('.args', 'a JSON value', String(args));
  }
}

/** A file that the script wrote. */
interface Written {
  path: string;
  bytes: number;
}

function writeFile({ files }: Project, to: string, chunks: Iterable<Uint8Array>): Written {
  const path = files.absolute(to);
  return { path, bytes: files.write(path, chunks) };
}

function save(project: Project, path: string, volume: Volume, name: string): Written {
  const format = formatFor(path, name === '' ? undefined : name);
  if (format.write === undefined) {
    const message = `The format "${format.name}" cannot be written.`;
    throw new GoxError('GOX_FORMAT_UNKNOWN', message, { path, format: format.name });
  }
  return writeFile(project, path, format.write(documentAround(volume)));
}

export const scriptHandlers = { 'script.execute': execute } satisfies Record<string, AnyHandler>;
