/**
 * Loaded into a daemon before all else (`node --import`), as OpenTelemetry is: makes a span of each
 * request from the channels of `node:diagnostics_channel`, and writes it to the file `SPANS` as a
 * line of JSON. Another subscriber throws, each time.
 */

import { randomBytes } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

interface Trace {
  readonly method: string;
  readonly traceparent?: string;
  readonly received_ms: number;
  readonly answered_ms?: number;
  readonly code?: string;
}

interface Message {
  readonly daemon: number;
  readonly trace: Trace;
  readonly facts: object;
}

/** A span, as tracers have it. */
export interface Span {
  readonly daemon: number;
  readonly name: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_id?: string;
  readonly took_ms: number;
  readonly code?: string;
}

const file = process.env.SPANS;
if (isMainThread && file !== undefined) {
  const write = (line: object) => appendFileSync(file, `${JSON.stringify(line)}\n`);
  const open = new Map<Trace, string>();
  const hear = (channel: string, heard: (message: Message) => void) =>
    subscribe(channel, (message) => heard(message as Message));
  hear('goxel:request.start', ({ trace }) => open.set(trace, randomBytes(8).toString('hex')));
  hear('goxel:request.end', ({ daemon, trace }) => {
    const [, trace_id = randomBytes(16).toString('hex'), parent_id] =
      trace.traceparent?.split('-') ?? [];
    const { method: name, code } = trace;
    const took_ms = trace.answered_ms! - trace.received_ms;
    // Nothing for an end without a beginning.
    write({ daemon, name, trace_id, span_id: open.get(trace), parent_id, took_ms, code });
    open.delete(trace);
  });
  for (const name of ['goxel:connection.open', 'goxel:connection.close']) {
    hear(name, ({ daemon, facts }) => write({ daemon, name, ...facts }));
  }
  hear('goxel:request.start', () => {
    throw new Error('a tracer that fails');
  });
}
