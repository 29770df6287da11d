/** Keys: what a terminal sends, and what each does to the choice of what is seen. */

import type { Choice } from './frame.ts';
import { SECTIONS } from './sections.ts';

export type Key =
  | 'quit'
  | 'interrupt'
  | 'suspend'
  | 'help'
  | 'pause'
  | 'sort'
  | 'next'
  | 'previous'
  | 'up'
  | 'down'
  | 'page up'
  | 'page down'
  | 'home'
  | 'end'
  | `section ${number}`
  | 'redraw'
  | 'other';

const NAMES: Readonly<Record<string, Key>> = {
  ...{ q: 'quit', Q: 'quit', '\x03': 'interrupt', '\x1a': 'suspend', '\x0c': 'redraw' },
  ...{ '?': 'help', h: 'help', p: 'pause', ' ': 'pause', s: 'sort' },
  ...{ '\t': 'next', '\x1b[Z': 'previous', j: 'down', k: 'up' },
  ...{ '\x1b[A': 'up', '\x1b[B': 'down', '\x1bOA': 'up', '\x1bOB': 'down' },
  ...{ '\x1b[5~': 'page up', '\x1b[6~': 'page down' },
  ...{ '\x1b[H': 'home', '\x1b[F': 'end', '\x1bOH': 'home', '\x1bOF': 'end' },
  ...{ '\x1b[1~': 'home', '\x1b[4~': 'end', g: 'home', G: 'end' },
};

/** Sequences of a terminal, or single characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const SEQUENCE = /\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O.)|./gsu;

/** The keys in what a terminal has sent. */
export function keysIn(text: string): Key[] {
  return (text.match(SEQUENCE) ?? []).map((one): Key => {
    if (/^[0-5]$/.test(one)) return `section ${Number(one)}`;
    return NAMES[one] ?? 'other';
  });
}

/**
 * The choice after a key.
 *
 * @param page how many lines a page has
 * @param scroll_max see `scrollMax`
 */
export function chosen(choice: Choice, key: Key, page: number, scroll_max: number): Choice {
  if (choice.help) return { ...choice, help: false, scroll: 0 };
  const scrolled = (by: number): Choice => {
    const from = Math.min(choice.scroll, scroll_max);
    return { ...choice, scroll: Math.max(0, Math.min(scroll_max, from + by)) };
  };
  switch (key) {
    case 'help':
      return { ...choice, help: true, scroll: 0 };
    case 'pause':
      return { ...choice, paused: !choice.paused };
    case 'sort':
      return sorted(choice);
    case 'next':
      return turned(choice, 1);
    case 'previous':
      return turned(choice, -1);
    case 'up':
      return scrolled(-1);
    case 'down':
      return scrolled(1);
    case 'page up':
      return scrolled(-page);
    case 'page down':
      return scrolled(page);
    case 'home':
      return scrolled(-scroll_max);
    case 'end':
      return scrolled(scroll_max);
    default:
      return key.startsWith('section ') ? section(choice, Number(key.slice(8))) : choice;
  }
}

function sorted(choice: Choice): Choice {
  const { section, sorts } = choice;
  return section === 'all'
    ? choice
    : { ...choice, sorts: { ...sorts, [section]: sorts[section] + 1 } };
}

/** 0 is that of all. */
function section(choice: Choice, number: number): Choice {
  return { ...choice, section: SECTIONS[number - 1] ?? 'all', scroll: 0 };
}

function turned(choice: Choice, by: number): Choice {
  const places = SECTIONS.length + 1;
  const now = choice.section === 'all' ? 0 : SECTIONS.indexOf(choice.section) + 1;
  return section(choice, (now + by + places) % places);
}
