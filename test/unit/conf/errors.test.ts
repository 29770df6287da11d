/** The catalogue of errors: what its advice may say, and the page that is made of it. */

import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ERRORS } from '../../../conf/error-catalogue.ts';
import { ERRORS_PAGE, errorsPage } from '../../support/errors-page.ts';

const errors = suite('errors');

errors('advice names no key where the message names the one that is full', () => {
  for (const code of ['GOX_OVERLOADED', 'GOX_REQUEST_TIMEOUT', 'GOX_MEMORY_LIMIT'] as const) {
    const { advice } = ERRORS[code];
    assert.not.match(advice, 'limits.');
    assert.match(advice, 'the key that the message names', code);
  }
});

errors('each has a number of its own, but for the two that both say "parse error"', () => {
  const numbers = Object.values(ERRORS).map(({ number }) => number);
  const twice = numbers.filter((number, i) => numbers.indexOf(number) !== i);
  assert.equal(twice, [ERRORS.GOX_PARSE.number]);
});

errors('the reference page is what the catalogue gives (else: npm run generate)', () => {
  assert.is(readFileSync(ERRORS_PAGE, 'utf8'), errorsPage());
});

errors.run();
