import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { WARNINGS } from '../../../conf/warning-catalogue.ts';
import { WARNINGS_PAGE, warningsPage } from '../../support/warnings-page.ts';

const test = suite('warnings');

test('have codes and sentences of one form', () => {
  for (const [code, { meaning, advice }] of Object.entries(WARNINGS)) {
    assert.match(code, /^WARN(_[A-Z]+)+$/);
    for (const sentence of [meaning, advice]) assert.match(sentence, /^[A-Z].*\.$/, code);
  }
});

test('are all on the page', () => {
  assert.is(readFileSync(WARNINGS_PAGE, 'utf8'), warningsPage());
});

test.run();
