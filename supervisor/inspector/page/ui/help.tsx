/** The keys of the page. */

import { useEffect, useRef } from 'preact/hooks';
import { help_open } from '../state.ts';

const KEYS: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    'Actors',
    [
      ['/', 'find by id, path or state'],
      ['↑ ↓ ← →', 'go, open and close'],
      ['Home End', 'first and last'],
      ['Enter', 'to what can be done with it'],
      ['x', 'pin for the sequence diagram'],
      ['d', 'show or hide the dead'],
    ],
  ],
  [
    'The chosen actor',
    [
      ['[ ]', 'one snapshot back, forward'],
      ['l', 'as it is now'],
      ['c', 'chart or snapshot, if narrow'],
      ['s', 'send an event'],
    ],
  ],
  [
    'In the chart',
    [
      ['+ -', 'larger, smaller'],
      ['0', 'all of it'],
      ['↑ ↓ ← →', 'move it'],
    ],
  ],
  [
    'Below',
    [
      ['e', 'events'],
      ['q', 'sequence diagram'],
      ['f', 'filter events'],
    ],
  ],
  [
    'The page',
    [
      ['p', 'hold the picture, go on'],
      ['t', 'dark or light'],
      ['?', 'this list'],
      ['Esc', 'close, clear'],
    ],
  ],
];

export function Help() {
  if (!help_open.value) return null;
  return <HelpDialog />;
}

function HelpDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const close = (): void => {
    help_open.value = false;
  };
  return (
    <dialog ref={dialog} class="dialog help" aria-labelledby="help-title" onClose={close}>
      <h2 id="help-title">Keys</h2>
      <div class="help-groups">
        {KEYS.map(([group, keys]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {keys.map(([key, what]) => (
                <div key={key}>
                  <dt>
                    {key.split(' ').map((one) => (
                      <kbd key={one}>{one}</kbd>
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <div class="dialog-buttons">
        <span class="spring" />
        <button type="button" class="tool primary" onClick={close}>
          Close
        </button>
      </div>
    </dialog>
  );
}
