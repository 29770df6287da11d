/**
 * Writes `conf/ERRORS.md`, the reference of all errors, from the catalogue of errors:
 * `npm run generate`. A test compares the file with what this makes.
 */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ERRORS } from '../../conf/error-catalogue.ts';
import type { ErrorEntry } from '../../conf/error-entry.ts';

/** The file in the source tree, seen from dist/test/support/. */
export const ERRORS_PAGE: string = fileURLToPath(
  new URL('../../../conf/ERRORS.md', import.meta.url),
);

const INTRODUCTION = `# Errors

<!-- generated from conf/errors.ts: npm run generate -->

Every error that the daemon answers has the same form:

    {"jsonrpc": "2.0", "id": 7, "error": {
      "code": -32012, "message": "There is no layer with id 9.",
      "data": {"code": "GOX_LAYER_NOT_FOUND", "retryable": false, "advice": "Call ..."}}}

Programs go by \`data.code\`, which stays; \`message\` is for people, says what is wrong and where,
and may change. \`data.retryable\` says whether the same request, sent again later, may succeed;
\`data.details\`, where it is there, has facts for programs. Details that are sizes end in
\`_bytes\`, times in \`_ms\`, limits in \`_max\`.

Errors of the client library alone, which no daemon sends, begin with \`CLIENT_\`:
\`transport/client-error.ts\`.
`;

/** The text of the page: all errors in a table, then each with what it means and what to do. */
export function errorsPage(): string {
  const entries: [string, ErrorEntry][] = Object.entries(ERRORS);
  const rows = entries.map(
    ([code, { number, retryable }]) =>
      `| [\`${code}\`](#${code.toLowerCase()}) | ${number} | ${retryable ? 'yes' : 'no'} |`,
  );
  const table = ['| code | number | again? |', '| ---- | ------ | ------ |', ...rows];
  return [INTRODUCTION, `${table.join('\n')}\n`, ...entries.map(section)].join('\n');
}

function section([code, entry]: [string, ErrorEntry]): string {
  const { number, retryable, meaning, advice, details } = entry;
  const lines = [
    `## ${code}`,
    '',
    `${meaning} Number ${number}; to send it again ${retryable ? 'may help' : 'does not help'}.`,
    '',
    `- What to do: ${advice}`,
  ];
  if (details !== undefined) lines.push(`- Details: ${details}.`);
  return `${lines.join('\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(ERRORS_PAGE, errorsPage());
