/**
 * The floor in this runtime: a bare Node server on a Unix socket that splits lines, parses each as
 * JSON and answers a JSON text of the usual size, with nothing else. Takes the socket's path.
 */

import { createServer } from 'node:net';

interface Request {
  readonly id: unknown;
  readonly params: unknown;
}

createServer((socket) => {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('error', () => socket.destroy());
  socket.on('data', (text: string) => {
    rest += text;
    let start = 0;
    let replies = '';
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
      const { id, params }: Request = JSON.parse(rest.slice(start, end));
      replies += `${JSON.stringify({ jsonrpc: '2.0', id, result: params })}\n`;
      start = end + 1;
    }
    rest = rest.slice(start);
    if (replies !== '') socket.write(replies);
  });
}).listen(process.argv[2]);
