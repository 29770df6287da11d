/** What the tests of the transport share: limits, ways to feed a framer, events as plain data. */

import { GoxError } from '../../../conf/errors.ts';
import { EnvelopeReader } from '../../../transport/envelope.ts';
import { Framer } from '../../../transport/framing.ts';
import type { Envelope, FramingEvent, Request } from '../../../transport/jsonrpc.ts';
import type { Limits, ReaderConfig } from '../../../transport/limits.ts';

export const LIMITS: Limits = {
  frame_bytes_max: 16 * 1024 * 1024,
  header_bytes_max: 4096,
  depth_max: 64,
  batch_length_max: 1000,
  job_timeout_ms: 600_000,
};

/** What `EnvelopeReader` is given. */
export function configOf(limits = LIMITS, strict = false): ReaderConfig {
  return { limits, transport: { strict } };
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

/** An event as data that `assert.equal` can compare and print. */
export function plainEvent(event: FramingEvent | Envelope): unknown {
  switch (event.kind) {
    case 'frame':
      return { frame: latin1(event.bytes), encoding: event.encoding };
    case 'error':
      return { error: event.error.code, text: event.error.message, fatal: event.fatal };
    case 'invalid':
      return { invalid: event.error.code, id: latin1(event.id), encoding: event.encoding };
    case 'batch':
      return { batch: event.elements.map(plainEvent) };
    case 'request': {
      const { id, form, method, params, project, meta, encoding } = event;
      const encoded_id = id === undefined ? undefined : latin1(id);
      const told =
        meta === undefined ? {} : { meta: meta instanceof GoxError ? meta.message : meta };
      const as = form === undefined ? {} : { form };
      return { method, id: encoded_id, params: latin1(params), project, encoding, ...as, ...told };
    }
  }
}

/** The frames and errors of bytes that come in these chunks. */
export function framed(chunks: readonly Uint8Array[], limits = LIMITS): unknown[] {
  const framer = new Framer({ limits });
  // Frames must not be overwritten by later ones, so they are looked at last.
  const events = chunks.flatMap((chunk) => framer.push(Uint8Array.from(chunk)));
  return events.map(plainEvent);
}

/** The envelopes and framing errors of bytes, by way of the shortcut or without it. */
export function received(
  chunks: readonly Uint8Array[],
  { limits = LIMITS, shortcut = true, strict = false } = {},
): unknown[] {
  const config = configOf(limits, strict);
  const reader = new EnvelopeReader(config);
  const framer = shortcut ? new Framer<Request>(config, reader.plain) : new Framer(config);
  const events = chunks.flatMap((chunk) => framer.push(Uint8Array.from(chunk)));
  return events
    .map((event) => (event.kind === 'error' ? event : reader.read(event)))
    .map(plainEvent);
}

/** The envelope of one JSON or MessagePack message. */
export function envelopeOf(message: string | Uint8Array, limits = LIMITS): Envelope {
  const reader = new EnvelopeReader(configOf(limits));
  if (typeof message !== 'string') {
    return reader.read({ kind: 'frame', bytes: message, encoding: 'msgpack' });
  }
  return reader.read({ kind: 'frame', bytes: Buffer.from(message), encoding: 'json' });
}

/** Cuts bytes at the given places, which may repeat and lie outside. */
export function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort(
    (a, b) => a - b,
  );
  const edges = [0, ...sorted, bytes.length];
  return edges.slice(1).map((end, i) => bytes.subarray(edges[i], end));
}

export function singleBytes(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (byte) => Uint8Array.of(byte));
}

/** A GOXE frame; the flags say MessagePack when the payload is no text. */
export function goxe(payload: string | Uint8Array, version = 1, flags?: number): Buffer {
  const body = Buffer.from(payload);
  const header = Buffer.alloc(16);
  header.write('GOXE', 'latin1');
  header.writeUInt32BE(version, 4);
  header.writeUInt32BE(body.length, 8);
  header.writeUInt32BE(flags ?? (typeof payload === 'string' ? 0 : 1), 12);
  return Buffer.concat([header, body]);
}

export function withHeader(text: string): Buffer {
  return Buffer.from(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}
