/** `goxel-supervisor tree`: the tree of actors of a running daemon, and its statistics. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../../transport/client.ts';
import { hasColour, type Style } from '../paint.ts';
import type { Statistics } from '../statistics.ts';
import type { TreeNode } from '../tree.ts';
import { statisticsText, treeText } from '../tree-text.ts';
import type { CommandLine } from './args.ts';
import { configOf, withDaemon } from './connection.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { writeData } from './output.ts';

/** No engine is asked, so a daemon that takes longer is not well. */
const TIMEOUT_MS = 10_000;

type Line = Extract<CommandLine, { command: 'tree' }>;

/** How often `--watch` looks. */
const WATCH_INTERVAL_MS = 500;

/** Puts what follows at the top of a terminal that was cleared. */
const CLEAR = '\x1b[H\x1b[2J';

export async function tree(line: Line): Promise<ExitCode> {
  const { json = false, watch = false } = line.options;
  const show = async (client: Client) => {
    // A reader who has gone wants no more.
    for (let first = true; first || (watch && process.stdout.writable); first = false) {
      if (!first) await sleep(WATCH_INTERVAL_MS);
      const options = { timeout_ms: TIMEOUT_MS };
      // The daemon made it from the same types.
      const root = (await client.call(
        'supervisor.tree',
        { statistics: true },
        options,
      )) as TreeNode & { readonly statistics: Statistics };
      const text = json ? `${JSON.stringify(root, undefined, watch ? 0 : 2)}\n` : textOf(root);
      await writeData(watch && !json && process.stdout.isTTY ? CLEAR + text : text);
    }
  };
  await withDaemon(await configOf(line), show, line.options);
  return EXIT.OK;
}

function textOf({ statistics, ...root }: TreeNode & { readonly statistics: Statistics }): string {
  const style = styleOf(process.stdout);
  return `${treeText(root, style)}\n${statisticsText(statistics, style)}`;
}

/** Lines are cut where a terminal would break them. */
function styleOf(stream: NodeJS.WriteStream): Style {
  const { isTTY = false, columns = 0 } = stream;
  return {
    colour: hasColour(stream, process.env),
    columns: isTTY && columns > 0 ? columns : Number.POSITIVE_INFINITY,
  };
}
