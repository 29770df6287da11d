/** The example of a service that lets one look into it, as it runs. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Looker } from '../support/inspected.ts';
import { ROOT } from '../support/modules.ts';

const MAIN = join(ROOT, 'dist/test/examples/inspected-service/main.js');

const test = suite('an inspected service');

test('goes on with what it does, while somebody looks', async () => {
  const child = spawn(process.execPath, [MAIN, '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  try {
    const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const ask = async (path: string, method = 'POST'): Promise<string> =>
      await (await fetch(new URL(path, url), { method })).text();
    assert.is(await ask('/', 'GET'), 'locked, 0 passed\n');
    assert.match(await ask(url, 'GET'), 'page.js');
    const looker = await Looker.open(url);
    await looker.until((message) => message.type === 'service.register');
    assert.is(await ask('/coin'), 'unlocked, 0 passed\n');
    const lit = await looker.until((message) => message.type === 'service.state');
    assert.ok(lit.type === 'service.state');
    assert.is(JSON.parse(lit.state).value, 'unlocked');
    assert.is(lit.delays[0]?.delay_ms, 10_000);
    assert.is(await ask('/push'), 'locked, 1 passed\n');
    await looker.leave();
  } finally {
    child.kill();
    await exit;
  }
});

test.run();
