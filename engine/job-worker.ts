/**
 * The entry of a job thread. The actor `actors/jobs/job-worker.ts` starts it and speaks to it
 * through comlink over a port of its own. It keeps the jobs it has parts of until it is told to
 * forget them.
 */

import { parentPort } from 'node:worker_threads';
import { type Endpoint, expose, transfer } from 'comlink';
import { Encoder, partAnswer } from './encode.ts';
import { interruptible } from './interrupt.ts';
import { Handover, type JobKind, Managed, YIELDED } from './jobs/job.ts';
import { runPart } from './jobs/kinds.ts';
import { collectSharedGarbage } from './port/collect.ts';
import { PortEndpoint } from './port/endpoint.ts';
import { askedBy } from './port/engine-side.ts';
import { JobControl } from './port/job-control.ts';
import {
  type EngineDefect,
  type JobApi,
  type JobThreadData,
  type JobTicket,
  type PartAnswer,
  type PartEnd,
  type PartOrder,
  STATUS_ERROR,
  STATUS_RESULT,
} from './port/layout.ts';
import { onOrder } from './port/order.ts';
import { followPulse } from './port/pulse.ts';
import { Files } from './project/files.ts';

// Only the actor starts this file, and it types what it gives.
onOrder<JobThreadData>(parentPort, ({ options, port, service, pulse }) => {
  followPulse(pulse, service);
  const endpoint = new PortEndpoint(port);
  // It has the members of an endpoint that comlink uses for calls; the others are for browsers.
  expose(apiOf(options), endpoint as unknown as Endpoint);
  collectSharedGarbage(() => 0);
});

function apiOf(options: JobThreadData['options']): JobApi {
  const files = new Files(options);
  const tickets = new Map<number, JobTicket>();
  const encoder = new Encoder(options.result_bytes_max, ({ method, error }) => {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const defect: EngineDefect = { type: 'defect', method, stack };
    parentPort?.postMessage(defect);
  });
  return {
    run({ job, stage, part, ticket: given, control }: PartOrder): PartEnd {
      if (given !== undefined) tickets.set(job, given);
      const ticket = tickets.get(job);
      if (ticket === undefined) throw new Error(`a part of job ${job}, which this thread has not`);
      const asked = askedBy(ticket.method);
      const { lent = [], place } = ticket;
      const tools = { files, control: new JobControl(control), lent, place };
      try {
        // The engine made the ticket of a `Job`.
        const work = { ...ticket, kind: ticket.kind as JobKind };
        const result = interruptible(
          () => tools.control.check(),
          () => runPart(work, stage, part, tools),
        );
        if (result === YIELDED) return 'yielded';
        if (stage < ticket.stages.length - 1) return undefined;
        if (result instanceof Handover) return handedOver(result);
        const { result: told, renders } =
          result instanceof Managed ? result : { result, renders: undefined };
        return answer(STATUS_RESULT, asked.quiet ? '' : encoder.result(asked, told), renders);
      } catch (error) {
        return answer(STATUS_ERROR, encoder.error(asked, error));
      }
    },
    forget: (job) => void tickets.delete(job),
  };
}

function answer(
  status: number,
  encoded: string | Uint8Array,
  renders?: PartAnswer['renders'],
): PartAnswer {
  const bare = partAnswer(status, encoded);
  const part = renders === undefined ? bare : { ...bare, renders };
  return transfer(part, [part.bytes]);
}

function handedOver({ value }: Handover): PartAnswer {
  return { ...partAnswer(STATUS_RESULT, ''), handover: value };
}
