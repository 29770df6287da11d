/** Sends an event to an actor: what, then whether really, then what came of it. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { ask } from '../live.ts';
import { sending_to, world } from '../state.ts';
import { eventFrom } from '../store/event-draft.ts';
import type { Actor } from '../store/world.ts';
import { Icon } from './icons.tsx';
import { admin_token, Writing } from './send-form.tsx';

export function SendDialog() {
  const actor = world.value.actors.get(sending_to.value ?? '');
  if (actor === undefined) return null;
  return <Dialog actor={actor} key={actor.session} />;
}

/** What would end by it, if anything. */
interface Asked {
  readonly event: object;
  readonly ends: string | undefined;
}

type Step =
  | { readonly is: 'writing' }
  | { readonly is: 'asking' }
  | ({ readonly is: 'confirming' } & Asked)
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
  const next = async (event: object): Promise<void> => {
    setStep({ is: 'asking' });
    const { error, ends } = await check(actor, event);
    setStep(
      error === undefined ? { is: 'confirming', event, ends } : { is: 'refused', reason: error },
    );
  };
  const send = async ({ event, ends }: Asked): Promise<void> => {
    setStep({ is: 'sending' });
    const { error } = await ask({
      ...about(actor, event),
      ...(ends === undefined ? {} : { confirmed: ends }),
    });
    setStep(error === undefined ? { is: 'sent' } : { is: 'refused', reason: error });
  };
  const where = actor.path === '' ? actor.id : actor.path;
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="send-title" onClose={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (step.is === 'confirming') void send(step);
          else if (step.is === 'writing' && 'event' in draft) void next(draft.event);
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

function about(actor: Actor, event: object) {
  return {
    type: 'xstate.event',
    event: JSON.stringify(event),
    service: actor.session,
  } as const;
}

/** Shows the token first, where one is needed. */
async function check(actor: Actor, event: object) {
  if (world.value.greeting?.sending === 'token') {
    const shown = await ask({ type: 'inspector.token', token: admin_token.value });
    if (shown.error !== undefined) return shown;
  }
  return ask({ ...about(actor, event), check: true });
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
    case 'asking':
      return <p role="status">Asking the service…</p>;
    case 'confirming':
      return step.ends === undefined ? (
        <p class="question">
          Really send <b>{type.trim()}</b> to <b>{where}</b>? It does to the running service what
          such an event does.
        </p>
      ) : (
        <p class="question ends" role="alert">
          Really send <b>{type.trim()}</b> to <b>{where}</b>? It ends {step.ends}.
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
  const ends = step.is === 'confirming' && step.ends !== undefined;
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
        <button
          type="submit"
          class={ends ? 'tool danger' : 'tool primary'}
          disabled={wrong !== undefined}
        >
          {writing ? 'Next' : ends ? 'End it' : 'Send it'}
          <Icon name="send" />
        </button>
      )}
    </div>
  );
}
