/** To whose sockets commands speak. */

import { chmodSync, chownSync, lchownSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lookUpUser } from '../../../conf/accounts.ts';
import { CliError } from '../../../supervisor/cli/exit-codes.ts';
import { checkOwner, checkReached, trustedUsers } from '../../../supervisor/cli/socket-owner.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const test = suite('owners of sockets');
const own = process.geteuid?.() ?? 0;

/** For who is that user. */
const as = (uid?: number) => (uid === undefined ? trustedUsers('') : [0, uid]);

function refusal(path: string, uid?: number): string {
  try {
    checkOwner(path, as(uid));
    return '';
  } catch (error) {
    assert.instance(error, CliError);
    assert.is((error as CliError).exit_code, 77);
    return (error as CliError).message;
  }
}

test('our own is spoken to, and one that is not there is not our business', () => {
  const path = join(temporaryDirectory(), 's');
  assert.is(refusal(path), '');
  writeFileSync(path, '');
  assert.is(refusal(path), '');
});

// Only root can give files away. Who is somebody else is told apart by what we take for ourselves.
test('what another user made is not, unless that is root', () => {
  const path = join(temporaryDirectory(), 's');
  writeFileSync(path, '');
  if (own !== 0) {
    assert.match(refusal(path, own + 1), '--any-owner');
    return;
  }
  assert.is(refusal(path, 54_321), '', 'root may do what it likes anyway');
  chownSync(path, 54_321, 54_321);
  assert.match(refusal(path), /belongs to user 54321, .*--any-owner/);
  assert.is(refusal(path, 54_321), '');
  assert.match(refusal(path, 54_322), 'belongs to user 54321');
});

test('nor what is there, or nothing, once it was connected to', () => {
  const path = join(temporaryDirectory(), 's');
  assert.throws(() => checkReached(path, as()), 'went away in the moment of connecting');
  writeFileSync(path, '');
  checkReached(path, as());
  if (own !== 0) return;
  chownSync(path, 54_321, 54_321);
  assert.throws(() => checkReached(path, as()), 'belongs to user 54321');
  chmodSync(path, 0);
  assert.throws(() => checkReached(path, as(54_322)), 'belongs to user 54321');
});

test('nor a link that another user made, wherever it leads', () => {
  const directory = temporaryDirectory();
  const [path, link] = [join(directory, 's'), join(directory, 'link')];
  writeFileSync(path, '');
  symlinkSync(path, link);
  assert.is(refusal(link), '');
  if (own !== 0) return;
  lchownSync(link, 54_321, 54_321);
  assert.match(refusal(link), 'belongs to user 54321');
});

test('that of the user whom the configuration names is spoken to', () => {
  const { uid } = lookUpUser('nobody') ?? { uid: -1 };
  assert.ok(uid > 0);
  assert.equal(trustedUsers('nobody'), [0, own, uid]);
  assert.equal(trustedUsers(''), [0, own]);
  if (own !== 0) return;
  const path = join(temporaryDirectory(), 's');
  writeFileSync(path, '');
  chownSync(path, uid, uid);
  checkOwner(path, trustedUsers('nobody'));
});

test.run();
