/** Known tokens: found by what they are, and replaced under those who go by them. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Token } from '../../../conf/token-file.ts';
import { Tokens } from '../../../transport/tokens.ts';
import { ROOT } from '../../support/modules.ts';

const token = (text: string, level: Token['level'] = 'read', name = ''): Token => ({
  ...{ token: text, level, name },
});

const test = suite('tokens');

test('are found whole, and in no other form', () => {
  const tokens = new Tokens([token('aaaaaaaaaaaaaaaa', 'admin', 'op'), token('bbbbbbbbbbbbbbbb')]);
  assert.is(tokens.size, 2);
  const { level, name } = tokens.find('aaaaaaaaaaaaaaaa')!;
  assert.equal({ level, name }, { level: 'admin', name: 'op' });
  assert.is(tokens.find('bbbbbbbbbbbbbbbb')?.level, 'read');
  for (const wrong of ['', 'a', 'aaaaaaaaaaaaaaaaa', 'AAAAAAAAAAAAAAAA', 'aaaaaaaaaaaaaaab']) {
    assert.is(tokens.find(wrong), undefined, wrong);
  }
  assert.is(new Tokens().find(''), undefined);
});

test('that are replaced are known under their new level, or no longer', () => {
  const tokens = new Tokens([token('aaaaaaaaaaaaaaaa'), token('bbbbbbbbbbbbbbbb')]);
  const a = tokens.find('aaaaaaaaaaaaaaaa')!;
  const b = tokens.find('bbbbbbbbbbbbbbbb')!;
  let looked = 0;
  const look = () => void looked++;
  tokens.watch(look);
  tokens.replace([token('aaaaaaaaaaaaaaaa', 'admin', 'new')]);
  assert.is(looked, 1);
  assert.is(tokens.again(a)?.level, 'admin');
  assert.is(tokens.again(b), undefined);
  assert.is(tokens.find('bbbbbbbbbbbbbbbb'), undefined);
  tokens.unwatch(look);
  tokens.replace([]);
  assert.is(looked, 1);
});

test('are compared by their hashes, all of them, each in constant time', () => {
  const source = readFileSync(join(ROOT, 'transport/tokens.ts'), 'utf8');
  const search = source.slice(source.indexOf('ofHash(hash:'), source.indexOf('function known('));
  assert.match(search, 'timingSafeEqual(one.hash, hash)');
  // Nothing that would end the walk at the one that fits.
  assert.not.match(search, /break|\.find\(|\.some\(|return (?!found)/);
});

test.run();
