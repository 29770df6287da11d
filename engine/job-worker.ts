/**
 * The entry of a job thread. The actor `actors/job-worker.ts` starts it and speaks to it through
 * comlink over a port of its own. It keeps the jobs it has parts of until it is told to forget
 * them.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { type Endpoint, expose, transfer } from 'comlink';
import { collectSharedGarbage } from './collect.ts';
import { Encoder } from './encode.ts';
import { PollingEndpoint } from './endpoint.ts';
import { Files } from './files.ts';
import { JobControl } from './jobs/control.ts';
import type { JobKind } from './jobs/job.ts';
import { runPart } from './jobs/kinds.ts';
import {
  type EngineDefect,
  type EngineThreadData,
  type JobApi,
  type JobTicket,
  METHOD_MASK,
  MSGPACK_FLAG,
  type PartAnswer,
  type PartOrder,
  QUIET_FLAG,
  STATUS_ERROR,
  STATUS_RESULT,
} from './port.ts';

// Only the actor starts this file, and it types what it gives.
const { options, port, polling } = workerData as EngineThreadData;

const files = new Files(options);
const tickets = new Map<number, JobTicket>();
const encoder = new Encoder(options.result_bytes_max, ({ method, error }) => {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const defect: EngineDefect = { type: 'defect', method, stack };
  parentPort?.postMessage(defect);
});

const api: JobApi = {
  run({ job, stage, part, ticket: given, control }: PartOrder): PartAnswer | undefined {
    if (given !== undefined) tickets.set(job, given);
    const ticket = tickets.get(job);
    if (ticket === undefined) throw new Error(`a part of job ${job}, which this thread has not`);
    const asked = {
      method: ticket.method & METHOD_MASK,
      msgpack: (ticket.method & MSGPACK_FLAG) !== 0,
    };
    try {
      const tools = { files, control: new JobControl(control) };
      // The engine made the ticket of a `Job`.
      const result = runPart({ ...ticket, kind: ticket.kind as JobKind }, stage, part, tools);
      if (stage < ticket.stages.length - 1) return undefined;
      const quiet = (ticket.method & QUIET_FLAG) !== 0;
      return answer(STATUS_RESULT, quiet ? '' : encoder.result(asked, result));
    } catch (error) {
      return answer(STATUS_ERROR, encoder.error(asked, error));
    }
  },
  forget: (job) => void tickets.delete(job),
};

function answer(status: number, encoded: string | Uint8Array): PartAnswer {
  const bytes = new Uint8Array(Buffer.from(encoded)).buffer;
  return transfer({ status, bytes }, [bytes]);
}

// It has the members of an endpoint that comlink uses for calls; the others are for browsers.
expose(api, new PollingEndpoint(port, polling, 0) as unknown as Endpoint);
collectSharedGarbage(() => 0);
