/**
 * Compares the whole corpus with real Goxel and writes the outcome into engine/README.md:
 *
 *     npm run corpus
 *
 * With the word "defaults" behind it (node dist/test/support/corpus-update.js) it makes the second
 * table only, of what is done by default, for which Goxel is not asked.
 *
 * It takes a minute or two, and needs the larger corpus and Debian's Goxel. What was not expected
 * is printed, and makes it fail.
 */

import { type Outcome, surprises, WHOLE } from './corpus.ts';
import { keptByDefault, readOtherwise } from './corpus-defaults.ts';
import {
  outcomesOf,
  readingQuestions,
  reopeningQuestions,
  writingQuestions,
} from './corpus-goxel.ts';
import { loadings } from './corpus-load.ts';
import { savings } from './corpus-save.ts';
import { updateReadme } from './corpus-table.ts';
import { updateDefaults } from './defaults-table.ts';
import { Goxel } from './goxel.ts';

const GOXEL_TIMEOUT_S = 1200;

if (!WHOLE) throw new Error('the larger corpus is not there: GOXEL_FIXTURES says where');
updateDefaults(keptByDefault(), readOtherwise());
if (process.argv[2] === 'defaults') process.exit();
const goxel = new Goxel(GOXEL_TIMEOUT_S);
const questions = [readingQuestions, reopeningQuestions, writingQuestions].flatMap((ask) =>
  ask(goxel),
);
const outcomes: Outcome[] = [...savings(), ...loadings(), ...outcomesOf(questions)];
updateReadme(outcomes);
const unexpected = surprises(outcomes);
for (const line of unexpected) console.log(line);
console.log(`${outcomes.length} comparisons, ${unexpected.length} not as expected`);
process.exitCode = unexpected.length === 0 ? 0 : 1;
