/** What `goxel-supervisor health` prints. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { healthText } from '../../../supervisor/cli/health.ts';

const BASE = { healthy: true, uptime: 5, requests: 7, since: '2026-01-02T03:04:05.000Z' };

const text = suite('health in words');

text('one line when all is well', () => {
  assert.is(
    healthText({ ...BASE, state: 'healthy', reasons: [], checks: [] }),
    'healthy since 2026-01-02T03:04:05.000Z\n',
  );
});

text('a line for each reason', () => {
  const reason = {
    ...{ what: 'engine:0', state: 'failing' as const, reason: 'engine:0 is failed: crash loop' },
    ...{ since_ms: 61_400, value: 'failed', limit: 'ready' },
  };
  assert.is(
    healthText({ ...BASE, healthy: false, state: 'failing', reasons: [reason], checks: [] }),
    'failing since 2026-01-02T03:04:05.000Z\n' +
      '  failing  engine:0  for 61s: engine:0 is failed: crash loop\n',
  );
});

text.run();
