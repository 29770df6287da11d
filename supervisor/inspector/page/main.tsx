/** The page of the inspector, from its start. */

import { effect } from '@preact/signals';
import { render } from 'preact';
import { start } from './live.ts';
import { frame, system_dark, themeNow, world } from './state.ts';
import { App } from './ui/app.tsx';
import { listenToKeys } from './ui/keys.ts';

const dark = window.matchMedia('(prefers-color-scheme: dark)');
system_dark.value = dark.matches;
dark.addEventListener('change', ({ matches }) => {
  system_dark.value = matches;
});
effect(() => {
  document.documentElement.dataset.theme = themeNow();
});
effect(() => {
  frame.value;
  document.title = world.value.greeting?.title ?? 'Inspector';
});

const place = document.getElementById('page');
if (place !== null) render(<App />, place);
listenToKeys();
start();
