/** What is wrong with what a request was answered, and with what it did. */

import { isDeepStrictEqual } from 'node:util';
import { admits } from '../../../conf/check.ts';
import type { ErrorCode } from '../../../conf/errors.ts';
import type { MethodSpec } from '../../../engine/catalogue/spec.ts';
import { malformedError } from '../protocol/due.ts';
import type { Seen } from './observe.ts';
import { type Made, type Params, type Spoiled, UNKNOWN_NAME } from './values.ts';

/** What a request was answered. */
export type Answer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: AnswerError };

export interface AnswerError {
  readonly code: number;
  readonly message: string;
  readonly data: { readonly code: ErrorCode };
}

/** The methods whose parameters are whatever the client likes. */
const OPEN_METHODS = ['echo'];

export function answerFaults(spec: MethodSpec, made: Made, answer: Answer): string[] {
  const { spoiled, params } = made;
  if (answer.ok) {
    if (spoiled !== undefined && !OPEN_METHODS.includes(spec.name)) {
      return [`spoiled parameters (${spoiled}) are no error`];
    }
    return admits(spec.result, answer.result)
      ? []
      : [`the result is not as its schema says: ${JSON.stringify(answer.result)?.slice(0, 300)}`];
  }
  const { error } = answer;
  const faults = malformedError(error);
  const { code } = error.data ?? {};
  if (code === 'GOX_INVALID_PARAMS') faults.push(...namingFaults(spec, spoiled, params, error));
  else if (spoiled !== undefined && !BEFORE_PARAMS.includes(code)) {
    faults.push(`spoiled parameters (${spoiled}) are ${code}: ${error.message}`);
  }
  return faults;
}

/** What may be found out before anybody looks at the parameters. */
const BEFORE_PARAMS: readonly ErrorCode[] = ['GOX_PROJECT_NOT_FOUND', 'GOX_PARSE'];

/** The error must say which parameter is meant, or which method comes first. */
function namingFaults(
  spec: MethodSpec,
  spoiled: Spoiled | undefined,
  params: Params,
  { message }: AnswerError,
): string[] {
  if (spoiled === 'unknown') {
    return message.includes(UNKNOWN_NAME) ? [] : [`it does not name ${UNKNOWN_NAME}: ${message}`];
  }
  const names = ['params', ...Object.keys(spec.params.properties), ...Object.keys(params)];
  const words = new Set(message.split(/[^\w]+/));
  // One letter is a word of the language, too.
  const named =
    message.includes('goxel.') || names.some((name) => name.length > 1 && words.has(name));
  return named ? [] : [`it names no parameter: ${message}`];
}

/** What a request did to its project that it must not. */
export function effectFaults(
  spec: MethodSpec,
  answer: Answer,
  before: Seen | undefined,
  after: Seen | undefined,
): string[] {
  const changes = spec.edits && answer.ok;
  if (changes) return [];
  const what = answer.ok ? 'a request that edits nothing' : 'a request that failed';
  if ((before === undefined) !== (after === undefined)) return [`${what} made or ended a project`];
  if (!isDeepStrictEqual(before?.content, after?.content)) return [`${what} changed the project`];
  // A project that was saved has a file, and is saved.
  const saved = answer.ok && spec.barrier === true;
  if (!saved && !isDeepStrictEqual(before?.info, after?.info)) {
    const [was, is] = [JSON.stringify(before?.info), JSON.stringify(after?.info)];
    return [`${what} changed what is told of the project: ${was} ${is}`];
  }
  return [];
}
