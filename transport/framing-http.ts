/**
 * HTTP, which is not spoken here: people try `curl --unix-socket`, and health checks do. They are
 * told so in their own language, and the connection ends.
 */
import { ascii } from './bytes.ts';

/** How requests begin; none is longer than the eight bytes by which a framing is chosen. */
const STARTS: readonly Uint8Array[] = [
  ...['GET ', 'POST ', 'HEAD ', 'PUT ', 'OPTIONS ', 'DELETE ', 'PATCH ', 'CONNECT ', 'TRACE '],
  // The first line of HTTP/2.
  'PRI * ',
].map(ascii);

/** Whether the first bytes of a connection are those of HTTP; undefined when they may become so. */
export function beginsHttp(first: Uint8Array): boolean | undefined {
  const near = STARTS.filter((start) =>
    first.every((byte, i) => i >= start.length || byte === start[i]),
  );
  if (near.length === 0) return false;
  return near.some((start) => first.length >= start.length) ? true : undefined;
}

const BODY =
  'This is goxel-supervisor, which speaks JSON-RPC 2.0 on this socket and no HTTP. ' +
  'Send {"jsonrpc":"2.0","id":1,"method":"rpc.discover"} and a newline.\n';

/** What is answered, whatever was asked. */
export const HTTP_ANSWER: Uint8Array = ascii(
  `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: ${BODY.length}\r\n` +
    `Connection: close\r\n\r\n${BODY}`,
);
