/**
 * What a job needs of another project than its own. It is asked for as if the client had asked for
 * it itself: by the session of that project, behind what the client asked of it before. So all that
 * holds for requests holds for it, whatever becomes of that project or its engine meanwhile.
 */

import { type ErrorObject, GoxError } from '../../conf/errors.ts';
import { LEND, type LoanOrder, MSGPACK_FLAG } from '../../engine/port/layout.ts';
import { EMPTY } from '../../transport/bytes.ts';
import { decoded } from '../../transport/values.ts';
import type { DepartedRequest, SessionRequest } from './request.ts';
import type { Sessions } from './sessions.ts';

/** Who needs it. One of the two comes, once; what is given back may still come. */
export interface Borrower {
  /** What the engine gave, in memory that is shared. */
  lent(value: unknown): void;
  refused(why: GoxError): void;
}

/** Asks for it; the function that is returned gives it up. */
export function borrow(
  { sessions, now_ms }: { readonly sessions: Sessions; readonly now_ms: number },
  { method, spec, reply, share }: DepartedRequest,
  { project, parameter, params }: LoanOrder,
  borrower: Borrower,
): (why: GoxError) => void {
  const { encoding } = reply;
  const taker = {
    answered: (failed: boolean, body: Uint8Array) => {
      if (failed) borrower.refused(refusal(parameter, decoded(body, encoding) as ErrorObject));
    },
  };
  const request: SessionRequest = {
    ...{ method: LEND | (method & MSGPACK_FLAG), params, since_ms: now_ms, project: undefined },
    ...{ spec, share, waits: false, timeout_ms: undefined, loan: borrower },
    // No client has given it an id, so that none finds it by one.
    reply: { encoding, id: EMPTY, batch: undefined, place: 0, bytes: 0, way: undefined, taker },
  };
  share.enter(request);
  sessions.deliver(project, [request]);
  return (why) => void sessions.cancel((one) => one === request.reply, why);
}

/** The same error, about the parameter that names the project. */
function refusal(parameter: string, { message, data: { code, details } }: ErrorObject): GoxError {
  return new GoxError(code, `${parameter}: ${message}`, { ...details, parameter });
}
