/**
 * Writes `conf/WARNINGS.md`, the reference of all warnings about files, from their catalogue:
 * `npm run generate`. A test compares the file with what this makes.
 */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { WARNINGS, type WarningEntry } from '../../conf/warning-catalogue.ts';

/** The file in the source tree, seen from dist/test/support/. */
export const WARNINGS_PAGE: string = fileURLToPath(
  new URL('../../../conf/WARNINGS.md', import.meta.url),
);

const INTRODUCTION = `# Warnings

<!-- generated from conf/warning-catalogue.ts: npm run generate -->

What a file loses or changes on its way is told in the results of all methods that read or write
files, and by \`goxel-supervisor convert\`:

    "warnings": [{
      "code": "WARN_TEXTURE_MISSING", "message": "The picture wood.png is not there.",
      "count": 1, "where": {"file": "house.mtl", "line": 7}}]

Programs go by \`code\`, which stays; \`message\` is for people. \`count\` says how often it
happened, \`where\` where first: \`file\` (another than the one asked for), \`line\`, \`byte\`,
\`chunk\`, \`object\`. With \`strict\` the request fails instead, with \`GOX_STRICT\`, and changes
nothing.
`;

/** The text of the page: each warning with what it means and what to do. */
export function warningsPage(): string {
  const entries: [string, WarningEntry][] = Object.entries(WARNINGS);
  return [INTRODUCTION, ...entries.map(section)].join('\n');
}

function section([code, { meaning, advice }]: [string, WarningEntry]): string {
  return `## ${code}\n\n${meaning}\n\n- What to do: ${advice}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(WARNINGS_PAGE, warningsPage());
}
