/** Help about methods, made from the catalogue. */

import { expectation, type Keywords } from '../../conf/check.ts';
import { didYouMean } from '../../conf/suggest.ts';
import { findMethod, METHODS } from '../../engine/catalogue/methods.ts';
import { type ContentDescriptor, openRpcMethod } from '../../engine/catalogue/openrpc.ts';
import { CliError, EXIT } from './exit-codes.ts';
import { columns } from './help.ts';

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

/** "; did you mean …?" with the nearest name of a method, or nothing. */
export function nearMethod(name: string): string {
  const names = METHODS.flatMap(({ name, aliases }) => [name, ...aliases]);
  return didYouMean(name, names);
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
  if (method.params.length > 0) {
    const order = entry.spec.positional;
    const how = order.length > 0 ? ` (by name, or by position: ${order.join(', ')})` : '';
    sections.push([`Parameters${how}:`, ...columns(method.params.map(parameterLine))].join('\n'));
  }
  const [example] = entry.spec.examples;
  if (example !== undefined) {
    const params = JSON.stringify(example.params);
    sections.push(`Example:\n  goxel-supervisor call ${method.name} '${params}'`);
  }
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

function parameterLine({
  name,
  required,
  schema,
  description,
}: ContentDescriptor): [string, string] {
  const { enum: names, ...unnamed } = schema as Keywords;
  const text = description ?? schema.description ?? schema.title;
  const words = text === undefined ? [] : [text];
  if (names !== undefined) words.push(`One of ${names.join(', ')}.`);
  else if (text === undefined) words.push(expectation(unnamed));
  if (schema.default !== undefined) words.push(`Default: ${JSON.stringify(schema.default)}.`);
  return [required ? name : `[${name}]`, words.join(' ')];
}
