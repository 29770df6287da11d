/** Pictures in results: into files, onto terminals, and as they are for programs. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { savePictures, shown } from '../../../supervisor/cli/pictures.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const PNG = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(5000, 7)]);
const JPEG = Buffer.from('\xff\xd8\xff', 'latin1');
const image = PNG.toString('base64');
const one = { success: true, image };
const several = { success: true, pictures: [{ width: 1, image }, { width: 2 }, { image }] };
const terminal = { isTTY: true };

const pictures = suite('pictures of results');

pictures('one goes to the file, and the result says so', () => {
  const path = join(temporaryDirectory(), 'a.png');
  const text = savePictures(one, path);
  assert.equal(JSON.parse(text), { success: true, image: `<${PNG.length} bytes in ${path}>` });
  assert.ok(readFileSync(path).equals(PNG));
});

pictures('one beside other facts goes there too', () => {
  const path = join(temporaryDirectory(), 'diff.png');
  const text = savePictures({ changed: 3, picture: { image } }, path);
  const picture = { image: `<${PNG.length} bytes in ${path}>` };
  assert.equal(JSON.parse(text), { changed: 3, picture });
  assert.ok(readFileSync(path).equals(PNG));
});

pictures('an export without a path goes there too', () => {
  const path = join(temporaryDirectory(), 'tower.obj');
  const data = Buffer.from('v 0 0 0\n').toString('base64');
  const exported = { success: true, format: 'obj', data, bytes: 8 };
  const text = savePictures(exported, path);
  assert.is(JSON.parse(text).data, `<8 bytes in ${path}>`);
  assert.is(readFileSync(path, 'utf8'), 'v 0 0 0\n');
  assert.is(JSON.parse(shown(exported, terminal, {})).data, '<8 bytes; use --output FILE>');
  const region = { min: [0, 0, 0], data };
  assert.equal(JSON.parse(shown(region, terminal, {})), region, 'bytes of voxels are no file');
});

pictures('several are numbered', () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'a.b.png');
  savePictures(several, path);
  for (const name of ['a.b-000.png', 'a.b-001.png']) {
    assert.ok(readFileSync(join(directory, name)).equals(PNG));
  }
  assert.not(existsSync(path));
});

pictures('a result without one is told, and a place that cannot be written', () => {
  const path = join(temporaryDirectory(), 'no', 'a.png');
  assert.throws(() => savePictures({ pong: true }, path), /has no picture.*"pong": true/s);
  assert.throws(() => savePictures(null, path), /has no picture/);
  assert.throws(() => savePictures(one, path), /cannot write the file: ENOENT/);
});

pictures('programs get the result as it is', () => {
  for (const result of [one, several, null, 3, 'image']) {
    assert.equal(JSON.parse(shown(result, {}, { TERM: 'xterm-kitty' })), result);
  }
});

pictures('a terminal gets its size and how to have it', () => {
  const text = shown(one, terminal, { TERM: 'xterm-256color' });
  const result = { success: true, image: `<${PNG.length} bytes; use --output FILE>` };
  assert.equal(JSON.parse(text), result);
});

pictures('kitty and iTerm2 get it in their protocols, and the result below', () => {
  const kitty = shown(one, terminal, { TERM: 'xterm-kitty' });
  const sequences = kitty.replaceAll('\x1b_G', '<').replaceAll('\x1b\\', '>');
  const chunks = [...sequences.matchAll(/<(?:a=T,f=100,q=2,)?m=([01]);([^>]*)>/g)];
  assert.is(chunks.map(([, , chunk]) => chunk).join(''), image);
  assert.is(chunks.map(([, more]) => more).join(''), `${'1'.repeat(chunks.length - 1)}0`);
  assert.match(kitty, 'use --output');
  const iterm = shown(one, terminal, { TERM_PROGRAM: 'iTerm.app' });
  assert.ok(iterm.startsWith(`\x1b]1337;File=inline=1;size=${PNG.length}:${image}\x07\n{`));
});

pictures('nothing is drawn where it would come out as letters', () => {
  for (const env of [
    { TERM: 'dumb' },
    { TERM: 'xterm-kitty', TMUX: '/tmp/tmux' },
    { TERM: 'xterm-kitty', STY: '1.pts' },
  ]) {
    assert.not.match(shown(one, terminal, env), '\x1b');
  }
  const jpeg = { image: JPEG.toString('base64') };
  assert.not.match(shown(jpeg, terminal, { TERM: 'xterm-kitty' }), '\x1b');
});

pictures.run();
