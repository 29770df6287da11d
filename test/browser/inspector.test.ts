/** The page of the inspector in a real browser: on a daemon, and on a service that is all busy. */

import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withDaemon } from '../support/daemon.ts';
import { MARKER } from '../support/deadly.ts';
import { RawConnection } from '../support/raw.ts';
import { withTool } from '../support/tools.ts';
import { closeBrowser, shoot, withPage } from './support/browser.ts';
import { FakeService } from './support/fake-service.ts';
import { crowdScene, daemonScene, requestScene } from './support/scenes.ts';

const inspector = suite('inspector in a browser');
const test = withTool(inspector, 'chromium');
inspector.after(closeBrowser);

const DEADLY = {
  NODE_OPTIONS: `--import ${new URL('../support/deadly.js', import.meta.url).href}`,
};

/** A chart is laid out in a second, of a whole core. */
const LAYOUT_MS = 45_000;

/** Rows of the tree whose id is so. */
function rows(page: Page, id: string) {
  const exactly = page.locator('.id', { hasText: new RegExp(`^${id}$`) });
  return page.getByRole('tree', { name: 'Actors' }).getByRole('treeitem').filter({ has: exactly });
}

async function untilState(page: Page, state: RegExp): Promise<void> {
  await page.locator('.state-chip', { hasText: state }).waitFor();
}

async function choose(page: Page, id: string): Promise<void> {
  await rows(page, id).first().click();
  await page.locator('h2 .id', { hasText: id }).waitFor();
}

/** Shows the daemon's token, and asks whether it may be sent. */
async function write(page: Page, type: string, token: string, payload = ''): Promise<void> {
  await page.locator('#send-type').fill(type);
  await page.locator('#send-payload').fill(payload);
  await page.locator('#send-token').fill(token);
  await page.getByRole('button', { name: 'Next' }).click();
}

async function isRefused(page: Page, reason: string): Promise<void> {
  await page.getByRole('alert').filter({ hasText: reason }).waitFor();
  await page.getByRole('button', { name: 'Back', exact: true }).click();
}

test('shows a daemon: an engine loses its thread, waits and is ready again', () => {
  // Long enough for a busy machine to show what is only there meanwhile.
  const settings = { 'workers.count': 1, 'health.restart_delay_ms': 5000 };
  const args = ['--inspect', '0'];
  return withDaemon({ args, settings, env: DEADLY }, async ({ socket }) => {
    const client = await RawConnection.open(socket);
    const { result } = (await client.call('supervisor.inspect', {})) as unknown as {
      result: { url: string; admin_token: string };
    };
    await withPage(result.url, {}, async (page) => {
      await choose(page, 'engine:0');
      await untilState(page, /^ready/);
      for (let x = 0; x < 5; x++) await client.call('goxel.add_voxel', { x, y: 0, z: 0 });
      await page.locator('.event-row').first().waitFor();
      await page.getByText('Laying out the chart').waitFor({ state: 'hidden', timeout: LAYOUT_MS });

      const deadly = { name: JSON.parse(MARKER) as string };
      const lost = client.call('goxel.create_layer', deadly);
      await untilState(page, /^lost\.backoff/);
      await rows(page, 'restart policy').first().filter({ hasText: 'waiting' }).waitFor();
      await shoot(page, 'daemon-backoff');
      await lost;
      await untilState(page, /^ready/);
      const dead = page.locator('.tree-row.dead', { hasText: 'worker' }).first();
      await dead.filter({ hasText: 'its thread ended with code 9' }).waitFor();
      assert.match(await rows(page, 'engine:0').first().innerText(), /↻/);
      await stepBack(page);
      await sendEvents(page, result.admin_token);
    });
    client.end();
  });
});

async function stepBack(page: Page): Promise<void> {
  const chip = page.locator('.state-chip');
  const shown = async () => (await chip.innerText()).split('.')[0] ?? '';
  // The one before the last may be it already, when nothing has come since it is ready.
  const seen = new Set([await shown()]);
  assert.not.ok(seen.has('lost'));
  for (let step = 0; step < 80 && !seen.has('lost'); step++) {
    await page.keyboard.press('[');
    await page.locator('.then-chip').waitFor();
    seen.add(await shown());
  }
  assert.ok(seen.has('lost'), [...seen].join(' '));
  await shoot(page, 'daemon-stepped-back');
  await page.keyboard.press(']');
  await untilState(page, /^(?!lost)/);
  await page.keyboard.press('l');
  await untilState(page, /^ready/);
}

async function sendEvents(page: Page, token: string): Promise<void> {
  await page.keyboard.press('s');
  await page.locator('.takes').getByRole('button', { name: 'check', exact: true }).waitFor();
  await write(page, 'check', 'a guess');
  await isRefused(page, 'that token is wrong');
  await write(page, 'worker.stalled', token, '{"silent_ms": "long"}');
  await isRefused(page, 'payload.silent_ms: expected a number');
  await write(page, 'worker.ready', token);
  await isRefused(page, 'only for the daemon itself to say');
  await page.locator('.takes').getByRole('button', { name: 'worker.stalled' }).click();
  assert.is(await page.locator('#send-payload').inputValue(), '{"silent_ms":0}');
  await shoot(page, 'daemon-send');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('alert').filter({ hasText: 'It ends the thread of engine:0' }).waitFor();
  await shoot(page, 'daemon-send-ends');
  await page.getByRole('button', { name: 'Back', exact: true }).click();
  await write(page, 'check', token);
  await page.getByRole('button', { name: 'Send it' }).click();
  await page.getByText('It was sent.').waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.keyboard.press('q');
  await page.locator('.sequence-place > *').waitFor();
  await shoot(page, 'daemon-sequence');
}

async function withFake(use: (service: FakeService, url: string) => Promise<void>): Promise<void> {
  const service = new FakeService();
  const url = await service.start();
  try {
    await use(service, url);
  } finally {
    await service.stop();
  }
}

/** A busy machine draws few frames: there are more of them to come for so long. */
const FRAMES_MIN = 6;
const FRAMES_MS_MAX = 20_000;

/** Frames that the page draws in a while, its share of a core, and how many nodes it has then. */
async function effort(
  page: Page,
  for_ms: number,
): Promise<{ frames: number; busy: number; nodes: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busy_s = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  };
  const before_s = await busy_s();
  // A text, since there is no document here.
  const drawn: { frames: number; took_ms: number; nodes: number } = await page.evaluate(`
    new Promise((resolve) => {
      let frames = 0;
      const begun = performance.now();
      const count = (now) => {
        frames += 1;
        const took_ms = now - begun;
        const nodes = document.querySelectorAll('*').length;
        const few = frames < ${FRAMES_MIN} && took_ms < ${FRAMES_MS_MAX};
        if (few || took_ms < ${for_ms}) requestAnimationFrame(count);
        else resolve({ frames, took_ms, nodes });
      };
      requestAnimationFrame(count);
    })`);
  const busy = ((await busy_s()) - before_s) / (drawn.took_ms / 1000);
  return { frames: drawn.frames, busy, nodes: drawn.nodes };
}

test('stays smooth and small with 500 actors and 1,000 events a second', () =>
  withFake(async (service, url) => {
    crowdScene(service, 500);
    await withPage(url, { theme: 'light' }, async (page) => {
      await choose(page, 'daemon');
      await page.locator('label', { hasText: /^All$/ }).click();
      let number = 0;
      // A request is eleven messages, and as many are changes of states.
      const storm = setInterval(() => {
        for (let turn = 0; turn < 5; turn++) requestScene(service, number++);
      }, 35);
      try {
        await page.waitForTimeout(500);
        const { frames, busy, nodes } = await effort(page, 2000);
        console.log(`${frames} frames, ${(busy * 100).toFixed(0)} % of a core, ${nodes} nodes`);
        // Here it is 30 %. Processor time, since machines of tests are loaded.
        assert.ok(busy < 0.75, `the page takes ${busy} of a core`);
        assert.ok(frames >= FRAMES_MIN, `it drew ${frames} frames`);
        assert.ok(nodes < 2500, `the page has ${nodes} nodes`);
        await shoot(page, 'crowd');
      } finally {
        clearInterval(storm);
      }
      await page.keyboard.press('/');
      await page.keyboard.type('connection:321');
      await rows(page, 'connection:321').waitFor();
      assert.is(await page.getByRole('treeitem', { name: /connection/ }).count(), 1);
      const { events } = await kept(page);
      assert.ok(events > 1000 && events <= 20_000, String(events));
    });
  }));

async function kept(page: Page): Promise<{ events: number }> {
  const text = await page.locator('.footer').innerText();
  return { events: Number(/^([\d,]+) events/.exec(text)?.[1]?.replaceAll(',', '')) };
}

test('holds the picture while paused, and goes on', () =>
  withFake(async (service, url) => {
    daemonScene(service);
    await withPage(url, {}, async (page) => {
      await choose(page, 'engine:0');
      await page.keyboard.press('p');
      await page.locator('.is-paused').waitFor();
      service.change('e0', { value: 'lost' });
      service.send('e0', 'worker.exited', { reason: 'a trial' });
      await page.waitForTimeout(300);
      assert.is(await page.locator('.state-chip').innerText(), 'ready.idle');
      await page.keyboard.press('p');
      await untilState(page, /^lost$/);
      await page.locator('.event-row', { hasText: 'worker.exited' }).waitFor();
    });
  }));

test('greys what was when the service goes, and finds the same actor when it is back', () =>
  withFake(async (service, url) => {
    daemonScene(service);
    const again = new FakeService();
    await withPage(url, {}, async (page) => {
      await choose(page, 'connection:3');
      const { port } = service;
      await service.stop();
      await page.locator('.stale').waitFor();
      await page.locator('.is-lost').waitFor();
      daemonScene(again);
      again.title = 'the service, started again';
      again.refusing = true;
      await again.start(port);
      await page
        .getByRole('button', { name: 'Try now' })
        .click({ timeout: 2000 })
        .catch(() => {});
      await page.getByText('this URL is no longer valid').waitFor();
      again.refusing = false;
      await page.getByRole('heading', { name: 'started again' }).waitFor();
      await page.locator('h2 .id', { hasText: 'connection:3' }).waitFor();
      assert.is(await page.locator('.stale').count(), 0);
    }).finally(() => again.stop());
  }));

test('fits into small windows, in both themes, and is used by keys', () =>
  withFake(async (service, url) => {
    daemonScene(service);
    await withPage(url, { width: 900, height: 640, theme: 'light' }, async (page) => {
      await rows(page, 'daemon').waitFor();
      const theme = () => page.evaluate<string>('document.documentElement.dataset.theme');
      assert.is(await theme(), 'light');
      await page.keyboard.press('t');
      assert.is(await theme(), 'dark');
      await page.reload();
      await rows(page, 'daemon').waitFor();
      assert.is(await theme(), 'dark', 'remembered');
      await page.getByRole('tree', { name: 'Actors' }).focus();
      for (const key of ['End', 'Home', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
      await page.locator('h2 .id', { hasText: 'signals' }).waitFor();
      await page.keyboard.press('c');
      await page.locator('.shows-snapshot').waitFor();
      await page.keyboard.press('?');
      await page.getByRole('heading', { name: 'Keys' }).waitFor();
      await shoot(page, 'small-keys');
      await page.keyboard.press('Escape');
      const over = await page.evaluate<number>('document.body.scrollWidth - innerWidth');
      assert.ok(over <= 0, `${over} px too wide`);
    });
  }));

inspector.run();
