/**
 * The entry of an engine's thread. The actor `actors/engines/worker.ts` starts it and speaks to it
 * through comlink over a port of its own; the thread's own channel carries only reports of defects.
 */

import { parentPort } from 'node:worker_threads';
import { type Endpoint, expose, transfer } from 'comlink';
import type { Defect } from './encode.ts';
import { Engine } from './engine.ts';
import { collectSharedGarbage } from './port/collect.ts';
import { AnsweringEndpoint, moved } from './port/endpoint.ts';
import { FlightControl } from './port/flight.ts';
import type {
  BatchAnswer,
  EngineApi,
  EngineDefect,
  EngineThreadData,
  PartAnswer,
  Records,
} from './port/layout.ts';
import { onOrder } from './port/order.ts';
import { followPulse } from './port/pulse.ts';
import { packAnswer } from './port/small-answers.ts';
import { followServiceClock } from './stopwatch.ts';

// Only the actor starts this file, and it types what it gives.
onOrder<EngineThreadData>(parentPort, ({ options, port, lanes, service, pulse, flight }) => {
  followServiceClock(service);
  followPulse(pulse, service);
  const onDefect = ({ method, error }: Defect): void => {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const defect: EngineDefect = { type: 'defect', method, stack };
    parentPort?.postMessage(defect);
  };
  const engine = new Engine(options, onDefect, new FlightControl(flight));
  const endpoint = new AnsweringEndpoint(port, lanes);
  // It has the members of an endpoint that comlink uses for calls; the others are for browsers.
  expose(apiOf(engine, endpoint), endpoint as unknown as Endpoint);
  collectSharedGarbage(() => engine.stats().voxel_bytes);
});

function handOver(answer: BatchAnswer): BatchAnswer {
  if (answer instanceof ArrayBuffer) return moved(answer);
  return transfer(answer, [answer.answer, ...buffersOf(answer.records)]);
}

function buffersOf(records: readonly Records[] = []): ArrayBuffer[] {
  return records.map(({ bytes }) => bytes.buffer);
}

/** Bytes that do not lie in a larger whole, which would be copied or go with them. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, length } = bytes;
  const whole = buffer instanceof ArrayBuffer && length > buffer.byteLength / 2;
  return whole && length > Buffer.poolSize
    ? new Uint8Array(buffer, bytes.byteOffset, length)
    : new Uint8Array(bytes);
}

function apiOf(engine: Engine, endpoint: AnsweringEndpoint): EngineApi {
  return {
    run(batch: ArrayBuffer): BatchAnswer | Promise<BatchAnswer> {
      const answer = engine.run(batch);
      return answer instanceof Promise
        ? endpoint.late(answer).then((late) => handOver(packAnswer(late)))
        : handOver(packAnswer(answer));
    },
    takeOver(...order: Parameters<EngineApi['takeOver']>): PartAnswer {
      const answer = engine.takeOver(...order);
      return transfer(answer, [answer.bytes, ...buffersOf(answer.records)]);
    },
    recover: (...made) => engine.recover(...made),
    readStore(...place) {
      const reading = engine.readStore(...place);
      if ('refused' in reading) return reading;
      const tail = reading.tail.map(ownBytes);
      return transfer({ ...reading, tail }, [...new Set(tail.map(({ buffer }) => buffer))]);
    },
    setClipboard: (content: unknown) => engine.setClipboard(content),
    close: (project: number) => engine.close(project),
    stats: () => engine.stats(),
  };
}
