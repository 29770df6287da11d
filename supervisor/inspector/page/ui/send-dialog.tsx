/** Sends an event to an actor: what, then whether really, then what came of it. */

import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask } from '../live.ts';
import { sending_to, world } from '../state.ts';
import { eventFrom } from '../store/event-draft.ts';
import { eventsTaken } from '../store/state-text.ts';
import type { Actor } from '../store/world.ts';
import { machineChart } from './chart-pane.tsx';
import { Icon } from './icons.tsx';

/** Of who may send; kept until the page is closed, and nowhere else. */
const token = signal('');

export function SendDialog() {
  const actor = world.value.actors.get(sending_to.value ?? '');
  if (actor === undefined) return null;
  return <Dialog actor={actor} key={actor.session} />;
}

type Step =
  | { readonly is: 'writing' }
  | { readonly is: 'confirming'; readonly event: object }
  | { readonly is: 'sending' }
  | { readonly is: 'sent' }
  | { readonly is: 'refused'; readonly reason: string };

function close(): void {
  sending_to.value = undefined;
}

function Dialog({ actor }: { readonly actor: Actor }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [type, setType] = useState('');
  const [payload, setPayload] = useState('');
  const [step, setStep] = useState<Step>({ is: 'writing' });
  useEffect(() => dialog.current?.showModal(), []);
  const draft = eventFrom(type, payload);
  const send = async (event: object): Promise<void> => {
    setStep({ is: 'sending' });
    const reason = await sendEvent(actor, event);
    setStep(reason === undefined ? { is: 'sent' } : { is: 'refused', reason });
  };
  const where = actor.path === '' ? actor.id : actor.path;
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="send-title" onClose={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (step.is === 'confirming') send(step.event);
          else if ('event' in draft) setStep({ is: 'confirming', event: draft.event });
        }}
      >
        <h2 id="send-title">Send an event</h2>
        <p class="to">
          to <b>{where}</b>, which is <b>{actor.state_text}</b>
        </p>
        {step.is === 'writing' ? (
          <Writing
            actor={actor}
            type={type}
            payload={payload}
            onType={setType}
            onPayload={setPayload}
          />
        ) : (
          <pre class="draft">
            {JSON.stringify('event' in draft ? draft.event : {}, undefined, 2)}
          </pre>
        )}
        <Outcome step={step} type={type} where={where} />
        <Buttons
          step={step}
          wrong={'wrong' in draft ? draft.wrong : undefined}
          touched={type !== '' || payload !== ''}
          onBack={() => setStep({ is: 'writing' })}
        />
      </form>
    </dialog>
  );
}

/** Shows the token first, where one is needed. */
async function sendEvent(actor: Actor, event: object): Promise<string | undefined> {
  if (world.value.greeting?.sending === 'token') {
    const refused = await ask({ type: 'inspector.token', token: token.value });
    if (refused !== undefined) return refused;
  }
  return ask({ type: 'xstate.event', event: JSON.stringify(event), service: actor.session });
}

interface WritingProps {
  readonly actor: Actor;
  readonly type: string;
  readonly payload: string;
  onType(type: string): void;
  onPayload(payload: string): void;
}

function Writing({ actor, type, payload, onType, onPayload }: WritingProps) {
  const chart = machineChart(actor.machine);
  const types =
    chart === undefined || typeof chart === 'string' ? [] : eventsTaken(chart, actor.state.value);
  return (
    <>
      {types.length > 0 && (
        <div class="takes">
          <span class="quiet">It takes now:</span>
          {types.map((name) => (
            <button
              key={name}
              type="button"
              class={name === type ? 'chip on' : 'chip'}
              onClick={() => onType(name)}
            >
              {name}
            </button>
          ))}
        </div>
      )}
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
          rows={6}
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
            value={token.value}
            autocomplete="off"
            onInput={({ currentTarget }) => {
              token.value = currentTarget.value;
            }}
          />
        </label>
      )}
    </>
  );
}

interface OutcomeProps {
  readonly step: Step;
  readonly type: string;
  readonly where: string;
}

function Outcome({ step, type, where }: OutcomeProps) {
  switch (step.is) {
    case 'writing':
      return null;
    case 'confirming':
      return (
        <p class="question">
          Really send <b>{type.trim()}</b> to <b>{where}</b>? It does to the running service what
          such an event does.
        </p>
      );
    case 'sending':
      return <p role="status">Sending…</p>;
    case 'sent':
      return (
        <p class="good" role="status">
          It was sent.
        </p>
      );
    case 'refused':
      return (
        <p class="bad" role="alert">
          {`It was not sent: ${step.reason}.`.replace('..', '.')}
        </p>
      );
  }
}

interface ButtonsProps {
  readonly step: Step;
  readonly wrong: string | undefined;
  readonly touched: boolean;
  onBack(): void;
}

function Buttons({ step, wrong, touched, onBack }: ButtonsProps) {
  const writing = step.is === 'writing';
  return (
    <div class="dialog-buttons">
      {writing && touched && wrong !== undefined && (
        <span class="bad" role="status">
          {wrong}
        </span>
      )}
      <span class="spring" />
      {(step.is === 'confirming' || step.is === 'refused' || step.is === 'sent') && (
        <button type="button" class="tool" onClick={onBack}>
          {step.is === 'sent' ? 'Another' : 'Back'}
        </button>
      )}
      <button type="button" class="tool" onClick={close}>
        {step.is === 'sent' ? 'Close' : 'Cancel'}
      </button>
      {(writing || step.is === 'confirming') && (
        <button type="submit" class="tool primary" disabled={wrong !== undefined}>
          {writing ? 'Next' : 'Send it'}
          <Icon name="send" />
        </button>
      )}
    </div>
  );
}
