/** Keys that work wherever the focus is, but in fields and dialogs. */

import { pause, resume } from '../live.ts';
import { step } from '../looking.ts';
import {
  chosen,
  drawer,
  help_open,
  paused,
  pinned,
  shot_number,
  toggled,
  upper,
  with_dead,
} from '../state.ts';
import { openSending } from './actor-head.tsx';
import { switchTheme } from './header.tsx';

const ACTIONS: Readonly<Record<string, () => void>> = {
  '/': () => focusOn('tree-search'),
  f: () => {
    drawer.value = 'events';
    requestAnimationFrame(() => focusOn('event-filter'));
  },
  '[': () => step(-1),
  ']': () => step(1),
  l: () => {
    shot_number.value = undefined;
  },
  c: () => {
    upper.value = upper.value === 'chart' ? 'snapshot' : 'chart';
  },
  s: openSending,
  e: () => {
    drawer.value = 'events';
  },
  q: () => {
    drawer.value = 'sequence';
  },
  x: () => {
    if (chosen.value !== undefined) pinned.value = toggled(pinned.value, chosen.value);
  },
  d: () => {
    with_dead.value = !with_dead.value;
  },
  p: () => (paused.value ? resume() : pause()),
  t: switchTheme,
  '?': () => {
    help_open.value = true;
  },
};

export function listenToKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const { target } = event;
    if (!(target instanceof HTMLElement)) return;
    if (target.closest('dialog, textarea, select') !== null) return;
    if (target instanceof HTMLInputElement && !/^(checkbox|radio|range)$/.test(target.type)) return;
    const action = ACTIONS[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
}

function focusOn(id: string): void {
  const field = document.getElementById(id);
  field?.focus();
  if (field instanceof HTMLInputElement) field.select();
}
