/**
 * Makes the picture of the inspector that the README shows, of a daemon with some clients:
 *
 *     npm run pictures -- inspector
 */

import { join } from 'node:path';
import { startDaemon } from '../../support/daemon.ts';
import { ROOT } from '../../support/modules.ts';
import { RawConnection } from '../../support/raw.ts';
import { closeBrowser, withPage } from './browser.ts';

const PICTURE = join(ROOT, 'supervisor/inspector/inspector.png');
const CLIENTS = 4;
const REQUESTS = 30;
const PAUSE_MS = 25;

/** Returns the path of the picture. */
export async function takeInspectorPicture(): Promise<string> {
  const settings = { 'workers.count': 2 };
  const daemon = await startDaemon({ args: ['--inspect', '0'], settings });
  try {
    const clients: RawConnection[] = [];
    for (let client = 0; client < CLIENTS; client++) {
      clients.push(await RawConnection.open(daemon.socket));
    }
    const [first] = clients;
    if (first === undefined) throw new Error('there is no client');
    const { result } = (await first.call('supervisor.inspect', {})) as unknown as {
      result: { url: string };
    };
    await withPage(result.url, { width: 1440, height: 940 }, async (page) => {
      // More room for the chart.
      await page.evaluate(`localStorage.setItem('inspector.height', '200')`);
      await page.reload();
      const engine = page.locator('.tree-row .id', { hasText: /^engine:0$/ });
      await engine.click();
      await page.getByText('Laying out the chart').waitFor({ state: 'hidden', timeout: 60_000 });
      for (let request = 0; request < REQUESTS; request++) {
        const at = { x: request, y: request % 3, z: 0 };
        await Promise.all(clients.map((client) => client.call('goxel.add_voxel', at)));
        await page.waitForTimeout(PAUSE_MS);
      }
      await page.waitForTimeout(300);
      await page.screenshot({ path: PICTURE });
    });
    for (const client of clients) client.end();
  } finally {
    await closeBrowser();
    await daemon.stop();
  }
  return PICTURE;
}
