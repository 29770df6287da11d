/** `goxel-supervisor tree`: the tree of actors of a running daemon. */

import { type TreeNode, treeText } from '../tree.ts';
import type { CommandLine } from './args.ts';
import { configOf, withDaemon } from './connection.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { writeData } from './output.ts';

/** No engine is asked, so a daemon that takes longer is not well. */
const TIMEOUT_MS = 10_000;

type Line = Extract<CommandLine, { command: 'tree' }>;

export async function tree(line: Line): Promise<ExitCode> {
  // The daemon made it from the same type.
  const root = (await withDaemon(await configOf(line), (client) =>
    client.call('supervisor.tree', undefined, { timeout_ms: TIMEOUT_MS }),
  )) as TreeNode;
  const json = line.options.json === true;
  await writeData(json ? `${JSON.stringify(root, undefined, 2)}\n` : treeText(root));
  return EXIT.OK;
}
