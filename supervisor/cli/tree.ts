/** `goxel-supervisor tree`: the tree of actors of a running daemon. */

import { type TreeNode, treeText } from '../tree.ts';
import type { CommandLine } from './args.ts';
import { withDaemon } from './connection.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { writeData } from './output.ts';

type Line = Extract<CommandLine, { command: 'tree' }>;

export async function tree(line: Line): Promise<ExitCode> {
  // The daemon made it from the same type.
  const root = (await withDaemon(line, (client) => client.call('supervisor.tree'))) as TreeNode;
  const json = line.options.json === true;
  await writeData(json ? `${JSON.stringify(root, undefined, 2)}\n` : treeText(root));
  return EXIT.OK;
}
