/**
 * `options`: parameters of files in an object of their own, as the clients of the v14 daemon send
 * them. They are the same as those beside it, which come first.
 */

import type { Keywords } from '../../conf/check.ts';
import { Type } from '../../conf/type.ts';
import { adapt } from './adapt.ts';
import { closed } from './closed.ts';
import { fault } from './fault.ts';
import { faultyParam, invalidParam, type Named, paramProblem } from './params.ts';
import { READING_SPELLINGS, ReadingFields } from './reading.ts';
import { FormatName } from './schemas.ts';
import { SavingFields, WritingFields } from './writing.ts';

export const Options = Type.Optional(
  Type.Unknown({
    title: 'an object of these parameters',
    description:
      'The parameters that follow, in an object, as clients of the v14 daemon send them.',
  }),
);

/** What the TypeScript client of the v14 daemon calls two things; that daemon read neither. */
const V14Fields = {
  includeNormals: Type.Optional(Type.Boolean()),
  includeTextures: Type.Optional(Type.Boolean()),
};

const READING = closed({
  ...Type.Object(ReadingFields),
  'x-spellings': READING_SPELLINGS,
}) as Keywords;

const WRITING = closed(
  Type.Object({ format: Type.Optional(FormatName), ...WritingFields, ...V14Fields }),
) as unknown as Keywords;

const SAVING = closed(
  Type.Object({ format: Type.Optional(FormatName), ...SavingFields }),
) as unknown as Keywords;

/** The parameters with those of `options` among them. Throws GOX_INVALID_PARAMS. */
export function withReadingOptions<P extends { readonly options?: unknown }>(params: P) {
  return hoisted(params, READING);
}

/** The same; what the v14 client asks by names of its own is told by `textures` and `normals`. */
export function withWritingOptions<P extends { readonly options?: unknown }>(params: P) {
  return hoisted(params, WRITING) as Omit<P, 'options'> & {
    readonly includeNormals?: boolean;
    readonly includeTextures?: boolean;
  };
}

/** The same of what saves a project as a whole. */
export function withSavingOptions<P extends { readonly options?: unknown }>(params: P) {
  return hoisted(params, SAVING);
}

function hoisted<P extends { readonly options?: unknown }>(
  { options, ...params }: P,
  schema: Keywords,
): Omit<P, 'options'> {
  if (options === undefined || options === null) return params;
  if (typeof options !== 'object' || Array.isArray(options)) {
    throw invalidParam('.options', 'an object of parameters', options);
  }
  const given = adapt(schema, structuredClone(options)) as Named;
  const found = fault(schema, given);
  if (found !== undefined) throw faultyParam({ ...found, path: `.options${found.path}` });
  for (const [name, value] of Object.entries(given)) {
    const beside = (params as Named)[name];
    if (beside === undefined || JSON.stringify(beside) === JSON.stringify(value)) continue;
    throw paramProblem(`.options.${name}`, `given as ${name}, too, and not the same`);
  }
  return { ...given, ...params };
}
