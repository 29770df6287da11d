/** Pictures as files: what clients are told of them; and all of a request are there, or none. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Job, Managed } from '../../../engine/jobs/job.ts';
import { runJob } from '../../../engine/jobs/kinds.ts';
import { PictureFiles } from '../../../engine/jobs/picture-files.ts';
import { JobControl } from '../../../engine/port/job-control.ts';
import { expiryOf } from '../../../engine/port/renders.ts';
import { Files } from '../../../engine/project/files.ts';
import { TestEngine } from '../../support/engine.ts';
import { refused } from '../../support/refused.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const IMAGE = new Uint8Array([1, 2, 3, 4]);

function stage(bytes_max = 1000) {
  const [root, directory] = [temporaryDirectory(), temporaryDirectory()];
  const files = new Files({ roots: [root], file_bytes_max: 1000 });
  const place = { directory, real: directory, ttl_ms: 60_000, bytes_max };
  const pictures = new PictureFiles({ format: 'png', files, place });
  return { root, directory, files, pictures, place };
}

const test = suite('pictures as files');

test('a managed render has a name that tells when it goes, and is outside of the roots', () => {
  const { directory, pictures, root } = stage();
  pictures.add(IMAGE, 2, 1, undefined);
  assert.equal(
    readdirSync(directory).filter((name) => name.startsWith('render_')),
    [],
  );
  pictures.commit();
  pictures.discard();
  const [fact] = pictures.managed;
  const { path, created_at, expires_at, ...rest } = fact!;
  assert.is(dirname(path), directory);
  assert.is(expiryOf(path.slice(directory.length + 1)), expires_at);
  assert.is(expires_at - created_at, 60);
  assert.ok(Math.abs(created_at - Date.now() / 1000) < 60);
  const sum = createHash('sha256').update(readFileSync(path)).digest('hex');
  assert.equal(rest, {
    ...{ size: 4, format: 'png', dimensions: { width: 2, height: 1 }, checksum: `sha256:${sum}` },
  });
  assert.equal([readdirSync(root), readdirSync(directory).length], [[], 1]);
});

test('no two have the same name', () => {
  const { directory, pictures } = stage();
  for (let i = 0; i < 20; i++) pictures.add(IMAGE, 2, 1, undefined);
  pictures.commit();
  pictures.discard();
  assert.is(readdirSync(directory).length, 20);
});

test('one that a client has named is its own: it has no end, and nobody manages it', () => {
  const { root, files } = stage();
  const pictures = new PictureFiles({ format: 'png', files });
  const path = join(root, 'a.png');
  pictures.add(IMAGE, 2, 1, path);
  pictures.commit();
  pictures.discard();
  assert.equal(pictures.managed, []);
  assert.not('expires_at' in pictures.facts[0]!);
  assert.is(pictures.facts[0]!.path, path);
  assert.equal([...readFileSync(path)], [...IMAGE]);
});

test('what is larger than all may be together is refused, and leaves nothing', () => {
  const { directory, pictures } = stage(7);
  pictures.add(IMAGE, 2, 1, undefined);
  const { code, details } = refused(() => pictures.add(IMAGE, 2, 1, undefined));
  assert.is(code, 'GOX_RENDERS_FULL');
  assert.equal(details, { key: 'renders.bytes_max', bytes: 8, bytes_max: 7 });
  pictures.discard();
  assert.equal(readdirSync(directory), []);
});

test('a job for a path of the client has nothing to be kept, and needs no room for it', () => {
  const root = temporaryDirectory();
  const engine = new TestEngine({ roots: [root], jobs_inline: false });
  const path = join(root, 'own.png');
  const params = { output_path: path, return_mode: 'file_path', width: 600, height: 600 };
  const [ticket] = engine.tickets([{ method: 'render_scene', params }]);
  assert.not(ticket!.managed);
  const files = new Files({ roots: [root], file_bytes_max: 2 ** 26 });
  const job = { ...ticket, loans: [] } as unknown as Job;
  const told = runJob(job, { files, control: new JobControl() });
  assert.not.instance(told, Managed);
  assert.is((told as { file: { path: string } }).file.path, path);
  assert.ok(readFileSync(path).length > 0);
});

test('a directory that has become a link meanwhile is not written to', () => {
  const { files, place } = stage();
  const [elsewhere, link] = [temporaryDirectory(), join(temporaryDirectory(), 'renders')];
  symlinkSync(elsewhere, link);
  const at = { ...place, directory: link, real: link };
  const pictures = new PictureFiles({ format: 'png', files, place: at });
  assert.is(refused(() => pictures.add(IMAGE, 2, 1, undefined)).code, 'GOX_PATH_REFUSED');
  pictures.discard();
  assert.equal(readdirSync(elsewhere), []);
});

test.run();
