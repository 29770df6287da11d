/** The `holder` effect of the daemon's sockets. */

import { fromCallback } from 'xstate';
import type { HolderCommand, SocketsEvent, SocketsInput } from '../../machines/sockets.ts';
import { reportFigures } from '../vitals.ts';
import type { SocketHolder } from './holder.ts';
import { ListenError } from './listen-error.ts';

export function holderEffect(holder: SocketHolder) {
  return fromCallback<HolderCommand, SocketsInput>(({ input, receive, sendBack, self }) => {
    const say = sendBack as (event: SocketsEvent) => void;
    const fail = (error: unknown) => {
      const code = error instanceof ListenError ? error.code : 'refused';
      say({ type: 'holder.failed', code, reason: (error as Error).message });
    };
    let closing: Promise<void> | undefined;
    const close = () => {
      closing ??= holder.close();
      return closing;
    };
    reportFigures(self, () => holder.figures());
    holder.open(input.config).then((addresses) => say({ type: 'holder.bound', addresses }), fail);
    receive((command) => {
      if (command.type === 'holder.close') {
        close().then(() => say({ type: 'holder.closed' }), fail);
        return;
      }
      const { config, answer } = command;
      holder.change(config).then(answer, (error: Error) => {
        answer({ ok: false, code: 'refused', reason: error.message });
      });
    });
    return () => void close().catch(() => {});
  });
}
