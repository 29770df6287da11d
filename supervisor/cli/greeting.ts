/** What the daemon says to whoever started it by hand: commands that work where they are pasted. */

import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, sep } from 'node:path';
import { SETTINGS } from '../../conf/settings.ts';

const PROGRAM = 'goxel-supervisor';

/**
 * @param path the socket, or an address over TCP, which commands do not speak to
 * @param inspector the URL of the inspector, if it is served
 */
export function greeting(path: string, inspector?: string): string {
  const look = inspector === undefined ? [] : [`Look inside: ${inspector}`];
  if (!path.startsWith('/')) {
    return [`${PROGRAM} listens on ${path}`, ...look, 'Stop it with Ctrl-C.', ''].join('\n');
  }
  const is_default = path === SETTINGS.get('sockets.unix.path')?.default;
  const to = is_default ? '' : ` --socket ${quoted(path)}`;
  const program = programName(process.argv[1] ?? '', process.env.PATH ?? '');
  // The picture comes with the reply: no directory of the daemon's has to admit it.
  const picture = quoted(join(tmpdir(), 'first.png'));
  return [
    `${PROGRAM} listens on ${path}`,
    'Try, in another terminal:',
    `  ${program} call goxel.add_voxel '[0,0,0,"#ff0000"]'${to}`,
    `  ${program} call goxel.render_scene --output ${picture}${to}`,
    `  ${program} tree${to}`,
    ...look,
    'Stop it with Ctrl-C.',
    '',
  ].join('\n');
}

/** How to call this program from another terminal: by its name only where a shell finds it. */
function programName(main: string, search_path: string): string {
  const real = realPath(main);
  // `npm run` adds directories that other terminals do not have.
  const directories = search_path.split(delimiter).filter((name) => {
    return name !== '' && !name.split(sep).includes('node_modules');
  });
  const found = directories.map((directory) => realPath(join(directory, PROGRAM)));
  if (real !== undefined && found.find((path) => path !== undefined) === real) return PROGRAM;
  return `node ${quoted(real ?? main)}`;
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** For a shell, in quotes where it needs them. */
function quoted(text: string): string {
  return /^[\w./:=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
