/** The `requests` effect: what one connection asks of one project, from its start to its end. */

import { fromCallback } from 'xstate';
import type { JobInput } from '../../machines/job.ts';
import type { SessionCommand, SessionEvent, SessionInput } from '../../machines/session.ts';
import { requestId } from '../../transport/values.ts';
import { type About, pathOf } from '../about.ts';
import { reportFigures } from '../vitals.ts';
import { showWork } from '../watch.ts';
import type { IdleSessions } from './idle-sessions.ts';
import { borrow } from './loans.ts';
import type { DepartedRequest, SessionRequest } from './request.ts';
import { Session, type SessionDeps } from './session.ts';

interface RequestsDeps {
  /** Hears of a request that is answered with GOX_INTERNAL; who failed it tells the error. */
  readonly onRequestDefect: (about: About) => void;
  readonly idleSessions: Pick<IdleSessions, 'started' | 'ended'>;
}

/** The `requests` effect of a session. */
export function requestsEffect(deps: SessionDeps & RequestsDeps) {
  return fromCallback<SessionCommand, SessionInput>(({ input, receive, sendBack, self }) => {
    const connection = deps.connections.get(input.number);
    if (connection === undefined) throw new Error(`connection ${input.number} has no socket`);
    const session: Session = new Session(
      deps,
      connection.sessions.client,
      input.session,
      connection.replies,
      () => work.touch(),
      ({ spec, reply, project }) =>
        deps.onRequestDefect({
          ...{ actor: pathOf(self), connection: input.number, request: requestId(reply) },
          ...{ project: project.name, method: spec.name },
        }),
    );
    const work = showWork(self, () => !session.idle(), sendBack);
    reportFigures(self, () => session.figures());
    receive(({ requests }) => session.submit(requests as readonly SessionRequest[]));
    const start = (job: JobInput) => sendBack({ type: 'job.needed', job } satisfies SessionEvent);
    const turned = () => work.touch();
    const { sessions } = connection;
    deps.jobs.open(session, {
      ...{ connection: input.number, start, turned },
      // Only requests of this session become jobs of it.
      borrow: (call, order, borrower) =>
        borrow({ sessions, now_ms: deps.clock.now_ms() }, call as DepartedRequest, order, borrower),
    });
    deps.idleSessions.started();
    connection.sessions.attach(input.session, session);
    return () => {
      deps.idleSessions.ended();
      connection.sessions.detach(input.session);
      session.stop();
      deps.jobs.close(session);
      work.end();
    };
  });
}
