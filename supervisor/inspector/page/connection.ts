/**
 * The connection to the service: the receiver of `@xstate/inspect`, which reads the messages. It
 * tells neither when its socket closes nor what it could not read, so its socket is watched too.
 */

import { createWebSocketReceiver } from '@xstate/inspect';
import type { Command } from '../protocol.ts';
import type { Heard, Letter } from './store/messages.ts';

export interface ConnectionHandlers {
  opened(): void;
  heard(letter: Letter): void;
  /** Something came that is no message of the protocol. */
  unread(): void;
  closed(): void;
}

export interface Connection {
  send(command: Command): void;
  close(): void;
}

/** What is called of the receiver, which is typed for another xstate. */
interface Receiver {
  send(command: Command): void;
  subscribe(next: (message: Heard) => void): { unsubscribe(): void };
}

/** To where the page came from: the same path, with the token in it. */
export function connect(handlers: ConnectionHandlers): Connection {
  const { protocol, host, pathname, search } = window.location;
  let size = 0;
  let read = true;
  const { receiver, socket } = openReceiver(
    `${host}${pathname}${search}`,
    protocol === 'https:' ? 'wss' : 'ws',
    (text) => {
      if (!read) handlers.unread();
      size = text.length;
      read = false;
    },
  );
  const subscription = receiver.subscribe((message) => {
    read = true;
    handlers.heard({ message, at_ms: Date.now(), size });
  });
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    subscription.unsubscribe();
    handlers.closed();
  };
  // After the receiver's own, which says that somebody is looking.
  socket.addEventListener('open', () => {
    receiver.send({ type: 'inspector.hello' });
    handlers.opened();
  });
  socket.addEventListener('close', end);
  return {
    send: (command) => {
      if (socket.readyState === WebSocket.OPEN) receiver.send(command);
    },
    close: () => {
      socket.close();
      end();
    },
  };
}

/** A receiver and the socket it made; `arrived` is called before the receiver reads a message. */
function openReceiver(
  server: string,
  protocol: 'ws' | 'wss',
  arrived: (text: string) => void,
): { receiver: Receiver; socket: WebSocket } {
  const Plain = window.WebSocket;
  const made: WebSocket[] = [];
  window.WebSocket = class extends Plain {
    constructor(url: string | URL) {
      super(url);
      made.push(this);
      this.addEventListener('message', ({ data }) => {
        if (typeof data === 'string') arrived(data);
      });
    }
  };
  try {
    const receiver = createWebSocketReceiver({ server, protocol, serialize: undefined });
    const [socket] = made;
    if (socket === undefined) throw new Error('the receiver has opened no WebSocket');
    return { receiver: receiver as unknown as Receiver, socket };
  } finally {
    window.WebSocket = Plain;
  }
}
