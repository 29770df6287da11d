/** Daemons whose engines die when a test says so; see `dying.ts`, which they are started with. */

import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { DYING, type Way } from './dying.ts';

const MODULE = new URL('dying.js', import.meta.url).href;

/** What a daemon needs in its environment to be told so over a socket of that path. */
export function mortal(path: string): Record<string, string> {
  return { NODE_OPTIONS: `--import ${MODULE}`, [DYING]: path };
}

/**
 * Has the thread of an engine die; false when there is none just now.
 *
 * @param place by age, 0 being the oldest: a spare thread that waits for its turn is the youngest
 */
export function killEngine(path: string, place: number, way: Way): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', reject);
    socket.write(`${way}\t${place}\n`);
    createInterface(socket).once('line', (line) => {
      socket.destroy();
      resolve(line === 'yes');
    });
  });
}
