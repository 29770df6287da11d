/** Requests under limits so short that a busy machine may exceed them. */

import type { RawConnection, RawReply } from './raw.ts';

const TRIES_MAX = 50;

/** Asks until what it gets is not that it was late, by its code. */
export async function patiently(
  connection: RawConnection,
  method: string,
  params: unknown,
  late: readonly string[] = ['GOX_ENGINE_BUSY', 'GOX_REQUEST_TIMEOUT'],
): Promise<RawReply> {
  for (let tries = 1; ; tries += 1) {
    const reply = await connection.call(method, params);
    if (tries === TRIES_MAX || !late.includes(reply.error?.data.code ?? '')) return reply;
  }
}
