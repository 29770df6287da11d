/** Help about methods, made from the catalogue. */

import type { Keywords } from '../../conf/check.ts';
import { nearMethod } from '../../engine/catalogue/method-not-found.ts';
import { findMethod, METHODS } from '../../engine/catalogue/methods.ts';
import { openRpcMethod } from '../../engine/catalogue/openrpc.ts';
import { columns } from './columns.ts';
import { CliError, EXIT } from './exit-codes.ts';
import { type Row, rowsOf, Told } from './schema-help.ts';

/** All methods, a line each. */
export function methodList(): string {
  const lines = METHODS.map(({ name, summary }): [string, string] => [name, summary]);
  return [
    'Methods:',
    ...columns(lines),
    '',
    'goxel-supervisor call METHOD --help tells more about a method.',
    '',
  ].join('\n');
}

/**
 * One method: parameters, result, errors, other names, an example.
 *
 * @throws CliError EX_USAGE when there is none of that name
 */
export function methodHelp(name: string): string {
  const entry = findMethod(name);
  if (entry === undefined) {
    throw new CliError(
      EXIT.USAGE,
      `there is no method ${name}${nearMethod(name)} (see call --help)`,
    );
  }
  const method = openRpcMethod(entry.spec);
  const sections = [`${method.name}: ${method.summary}`];
  if (method.description !== undefined) sections.push(method.description);
  const told = new Told();
  if (method.params.length > 0) {
    const order = entry.spec.positional;
    const how = order.length > 0 ? ` (by name, or by position: ${order.join(', ')})` : '';
    const rows = method.params.flatMap(({ name, required, schema }) =>
      rowsOf(required ? name : `[${name}]`, schema, told),
    );
    sections.push([`Parameters${how}:`, ...columns(rows)].join('\n'));
  }
  sections.push(resultSection(method.result.schema, told));
  for (const [name, note] of told.notes) sections.push(`${name}: ${note}`);
  const [example] = entry.spec.examples;
  if (example !== undefined) {
    const params = JSON.stringify(example.params);
    sections.push(`Example:\n  goxel-supervisor call ${method.name} '${params}'`);
  }
  sections.push(`Level: ${method['x-level']} (what a token must allow, where one is asked for)`);
  if (method['x-aliases'].length > 0) {
    sections.push(`Also called: ${method['x-aliases'].join(', ')}`);
  }
  sections.push(
    [
      'Errors:',
      ...columns(method.errors.map((e): [string, string] => [e.data.code, e.message])),
    ].join('\n'),
  );
  return `${sections.join('\n\n')}\n`;
}

function resultSection(schema: Keywords, told: Told): string {
  const rows = rowsOf('', schema, told);
  const [[, words]] = rows as [Row];
  const members = rows.slice(1).map(([name, text]): Row => [name.slice(2), text]);
  return members.length === 0 ? `Result: ${words}` : ['Result:', ...columns(members)].join('\n');
}
