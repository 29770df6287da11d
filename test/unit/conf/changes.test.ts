import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { changesBetween, takenOver } from '../../../conf/changes.ts';
import { loadConfig } from '../../../conf/load.ts';
import { SETTINGS } from '../../../conf/settings.ts';
import { configWith } from '../../support/probe.ts';

const changes = suite('changes of the configuration');

const { config } = await loadConfig();
const OTHER = await configWith((other) => {
  other.limits.depth_max = 32;
  other.sockets.tcp.tls.certificate = '/etc/goxel/cert.pem';
  other.user = 'goxel';
  other.files.roots = ['/srv'];
});

changes('are told by key, those that count at once apart from those that wait', () => {
  assert.equal(changesBetween(config, OTHER), {
    live: [
      { key: 'sockets.tcp.tls.certificate', from: '', to: '/etc/goxel/cert.pem' },
      { key: 'limits.depth_max', from: 64, to: 32 },
    ],
    waiting: [
      { key: 'user', from: '', to: 'goxel' },
      { key: 'files.roots', from: config.files.roots, to: ['/srv'] },
    ],
  });
  assert.equal(changesBetween(OTHER, structuredClone(OTHER)), { live: [], waiting: [] });
});

changes('that wait are not taken over, and are told again the next time', () => {
  const taken = takenOver(config, OTHER);
  assert.is(taken.limits.depth_max, 32);
  assert.is(taken.user, '');
  assert.equal(taken.files.roots, config.files.roots);
  assert.equal(changesBetween(taken, OTHER).live, []);
  assert.is(changesBetween(taken, OTHER).waiting.length, 2);
});

changes('are noticed of every key', () => {
  for (const { key, default: value } of SETTINGS.values()) {
    const other = structuredClone(config) as unknown as Record<string, unknown>;
    const names = key.split('.');
    const last = names.pop() ?? '';
    const section = names.reduce((node, name) => node[name] as Record<string, unknown>, other);
    section[last] = [value, 'another'];
    const { live, waiting } = changesBetween(config, other as never);
    assert.equal(
      [...live, ...waiting].map((change) => change.key),
      [key],
    );
  }
});

changes.run();
