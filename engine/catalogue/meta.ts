/**
 * `params._meta`: what a request says about itself, as MCP has it. It is known to every method and
 * no parameter of any: the daemon reads it before it passes the request on.
 */

import type { Static } from 'typebox';
import { GoxError } from '../../conf/errors.ts';
import { Type } from '../../conf/type.ts';
import { adapt } from './adapt.ts';
import { fault, faultMessage } from './fault.ts';

export const META = '_meta';

/** Long enough for a UUID with a name before it; thousands of them are kept of each project. */
const OP_ID_LENGTH_MAX = 128;

export const OpId = Type.String({ minLength: 1, maxLength: OP_ID_LENGTH_MAX });

/** Open, since clients of other servers put more there. */
export const Meta = Type.Object(
  {
    timeout_ms: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'Milliseconds for this request, from when it was received; more' +
          ' than limits.job_timeout_ms is that. Without it the limits of the daemon hold.',
      }),
    ),
    traceparent: Type.Optional(
      Type.String({ description: 'The trace that the request belongs to, as W3C Trace Context.' }),
    ),
    tracestate: Type.Optional(
      Type.String({ description: 'Beside a traceparent: what its tracers want passed on.' }),
    ),
    op_id: Type.Optional(
      Type.String({
        ...OpId,
        description:
          'A name for this edit, by which it can be sent again: it is done once in its project,' +
          ' and gets its first result each time.',
      }),
    ),
    durability: Type.Optional(
      Type.Boolean({
        description:
          'Whether the reply is to have `_meta` beside its result: the sequence and the epoch of' +
          ' what it tells of. With an op_id it has that anyway.',
      }),
    ),
  },
  {
    additionalProperties: true,
    'x-name': 'RequestMeta',
    'x-spellings': { opId: 'op_id' },
    title: 'an object such as {"timeout_ms": 5000}',
    description: 'About the request itself; taken by every method. Other members mean nothing.',
  },
);

/**
 * The value of `params._meta` as its schema has it. May change the value.
 *
 * @throws GoxError GOX_INVALID_PARAMS
 */
export function checkMeta(value: unknown): Static<typeof Meta> {
  const lenient = adapt(Meta, value);
  const found = fault(Meta, lenient);
  if (found === undefined) return lenient as Static<typeof Meta>;
  const parameter = `params.${META}${found.path}`;
  throw new GoxError('GOX_INVALID_PARAMS', faultMessage(`params.${META}`, found), { parameter });
}

/** Takes it away from named parameters, which may be changed for it. */
export function dropMeta(named: Record<string, unknown>): void {
  if (Object.hasOwn(named, META)) delete named[META];
}
