/** Where an event is written, with what its actor takes to choose from. */

import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { Taken } from '../../protocol.ts';
import { ask } from '../live.ts';
import { world } from '../state.ts';
import { eventsTaken } from '../store/state-text.ts';
import type { Actor } from '../store/world.ts';
import { machineChart } from './chart-pane.tsx';

/** Of who may send; kept until the page is closed, and nowhere else. */
export const admin_token = signal('');

interface WritingProps {
  readonly actor: Actor;
  readonly type: string;
  readonly payload: string;
  onType(type: string): void;
  onPayload(payload: string): void;
}

export function Writing({ actor, type, payload, onType, onPayload }: WritingProps) {
  return (
    <>
      <Choice
        actor={actor}
        type={type}
        onChoice={({ type: chosen, example }) => {
          onType(chosen);
          onPayload(example === undefined ? '' : JSON.stringify(example));
        }}
      />
      <label>
        Type
        <input
          id="send-type"
          value={type}
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => onType(currentTarget.value)}
        />
      </label>
      <label>
        Payload: a JSON object, or nothing
        <textarea
          id="send-payload"
          rows={4}
          value={payload}
          spellcheck={false}
          onInput={({ currentTarget }) => onPayload(currentTarget.value)}
        />
      </label>
      {world.value.greeting?.sending === 'token' && (
        <label>
          Admin token
          <input
            id="send-token"
            type="password"
            value={admin_token.value}
            autocomplete="off"
            onInput={({ currentTarget }) => {
              admin_token.value = currentTarget.value;
            }}
          />
        </label>
      )}
    </>
  );
}

interface ChoiceProps {
  readonly actor: Actor;
  readonly type: string;
  onChoice(taken: Taken): void;
}

/** What the service says of it; where it says nothing, what the machine takes. */
function Choice({ actor, type, onChoice }: ChoiceProps) {
  const [told, setTold] = useState<readonly Taken[] | 'nothing' | undefined>();
  useEffect(() => {
    void ask({ type: 'inspector.takes', service: actor.session }).then(({ takes }) =>
      setTold(takes ?? 'nothing'),
    );
  }, [actor.session]);
  if (told === undefined) return null;
  const taken = told === 'nothing' ? takenByMachine(actor) : told;
  if (taken.length === 0) {
    if (told === 'nothing') return null;
    return <p class="quiet">Its service lets no page send it an event in this state.</p>;
  }
  return (
    <div class="takes">
      <span class="quiet">It takes now:</span>
      {taken.map((one) => (
        <button
          key={one.type}
          type="button"
          class={one.type === type ? 'chip on' : 'chip'}
          onClick={() => onChoice(one)}
        >
          {one.type}
        </button>
      ))}
    </div>
  );
}

function takenByMachine({ machine, state }: Actor): readonly Taken[] {
  const chart = machineChart(machine);
  if (chart === undefined || typeof chart === 'string') return [];
  return eventsTaken(chart, state.value).map((type) => ({ type }));
}
