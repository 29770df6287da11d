/** Keys that are right one by one and do not go together. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkConfig } from '../../../conf/load.ts';

const test = suite('configuration: contradictions');

async function problems(text: string): Promise<readonly string[]> {
  return (await checkConfig({ file: 'c', text })).problems;
}

const CASES: readonly (readonly [text: string, problem: RegExp | undefined])[] = [
  ['http: {enabled: true, path: /h}', undefined],
  ['http: {enabled: true, path: /h, port: 80}', /^c:1:39: http\.port: c:1:29: http\.path is where/],
  ['http: {enabled: true, path: /h, address: "::1"}', /^c:1:42: http\.address: .*set one/],
  ['http: {path: /h, port: 80}', undefined],
  [`http: {enabled: true, path: /${'h'.repeat(110)}}`, /^c:1:29: http\.path: expected at most/],
  ['http: {enabled: true, path: /tmp/goxel.sock}', /^c:1:29: http\.path: .*unix\.path too/],
  [
    'http: {enabled: true, port: 7890}\nsockets: {tcp: {enabled: true, port: 7890}}',
    /^c:1:29: http\.port: 7890 is c:2:38: sockets\.tcp\.port too/,
  ],
  [
    'http: {enabled: true, port: 7890, address: "::1"}\n' +
      'sockets: {tcp: {enabled: true, port: 7890}}',
    undefined,
  ],
  [
    'http: {enabled: true, port: 80}\ninspector: {enabled: true, port: 80}',
    /^c:1:29: http\.port: 80 is c:2:34: inspector\.port too/,
  ],
  ['sockets: {unix: {enabled: false}}', /^c:1:27: sockets\.unix\.enabled: .*no socket at all/],
  ['sockets: {unix: {enabled: false}, tcp: {enabled: true}}', undefined],
  ['sockets: {tcp: {enabled: true}}', undefined],
  ['sockets: {tcp: {enabled: true, address: "::1"}}', undefined],
  ['sockets: {tcp: {enabled: true, address: localhost}}', undefined],
  ['sockets: {tcp: {enabled: true, address: 127.0.0.9}}', undefined],
  ['sockets: {tcp: {address: 0.0.0.0}}', undefined],
  [
    'sockets: {tcp: {enabled: true, address: 0.0.0.0}}',
    /^c:1:41: sockets\.tcp\.address: 0\.0\.0\.0 is reached from other machines.*token_file or/,
  ],
  ['sockets: {tcp: {enabled: true, address: "::"}}', /other machines/],
  ['sockets: {tcp: {enabled: true, address: example.org}}', /other machines/],
  ['sockets: {tcp: {enabled: true, address: "::ffff:10.0.0.1"}}', /other machines/],
  ['sockets: {tcp: {enabled: true, address: 0.0.0.0}}\nsecurity: {token_file: /t}', undefined],
  [
    'sockets: {tcp: {enabled: true, address: "::", tls: {certificate: /c, key: /k,' +
      ' client_ca: /a}}}',
    undefined,
  ],
  [
    'sockets: {tcp: {tls: {certificate: /c}}}',
    /^c:1:36: .*\.certificate: its private key is missing/,
  ],
  ['sockets: {tcp: {tls: {key: /k}}}', /^c:1:28: sockets\.tcp\.tls\.key: without/],
  ['sockets: {tcp: {tls: {client_ca: /k}}}', /^c:1:34: sockets\.tcp\.tls\.client_ca: without/],
  ['sockets: {unix: {authentication: true}}', /^c:1:34: .*set security\.token_file/],
  ['sockets: {unix: {authentication: true}}\nsecurity: {token_file: /t}', undefined],
  ['health: {restart_delay_ms: 40000}', /40000 is more than default: health\.restart_delay_ms_max/],
  ['supervisor: {restart: {restart_delay_ms: 40000}}', /more than default: supervisor\.restart/],
  [
    'resources: {open_files: 2048, open_files_max: 1024}',
    /^c:1:25: resources\.open_files: 2048 is more than c:1:47: resources\.open_files_max, 1024/,
  ],
  [
    'resources: {open_files: 64, open_files_max: 64}',
    /^c:1:45: resources\.open_files_max: 64 descriptors are too few for 258 connections .* set \d+/,
  ],
  ['pid_file: /a\nlogging: {file: /a}', /^c:2:17: logging\.file: \/a is c:1:11: pid_file too/],
  ['pid_file: /tmp/goxel.sock', /pid_file: \/tmp\/goxel\.sock is default: sockets\.unix\.path too/],
];

test('are told with the place of the key that has to change', async () => {
  for (const [text, problem] of CASES) {
    const found = await problems(text);
    if (problem === undefined) assert.equal(found, [], text);
    else {
      assert.is(found.length, 1, `${text}: ${found.join(' | ')}`);
      assert.match(found[0] ?? '', problem, text);
    }
  }
});

test('are told beside other problems', async () => {
  const found = await problems('limits: {depth_max: 1}\nsockets: {unix: {enabled: false}}\n');
  assert.is(found.length, 2);
});

test.run();
