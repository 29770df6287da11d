import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { stateHome } from '../../../actors/process/state-home.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const test = suite('the home of what is kept of a user');

/** That of a process of this environment. */
function homed(home: string): string | undefined {
  const before = process.env.HOME;
  process.env.HOME = home;
  try {
    return stateHome('', {});
  } finally {
    if (before === undefined) delete process.env.HOME;
    else process.env.HOME = before;
  }
}

test('is where XDG says, or below the home of the user', () => {
  const home = temporaryDirectory();
  assert.is(homed(home), join(home, '.local', 'state'));
  assert.is(stateHome('', { XDG_STATE_HOME: '/var/state' }), '/var/state');
});

test('is nowhere for who has no home, and for a home that is not there', () => {
  assert.is(homed('/'), undefined);
  assert.is(homed(join(temporaryDirectory(), 'nothing')), undefined);
});

test.run();
