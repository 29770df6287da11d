/** The head of the page: what is looked into, how the connection is, what can be switched. */

import { pause, reconnectNow, resume } from '../live.ts';
import {
  frame,
  help_open,
  inbox,
  paused,
  phase,
  stale,
  theme,
  themeNow,
  tick,
  unread,
  world,
} from '../state.ts';
import { bytes, count, rate } from '../store/format.ts';
import { Icon } from './icons.tsx';

export function Header() {
  // For the title, which comes with the first message.
  frame.value;
  const title = world.value.greeting?.title ?? 'Inspector';
  return (
    <header class="header">
      <span class="mark" aria-hidden="true" />
      <h1 title={title}>{title}</h1>
      <ConnectionState />
      <span class="spring" />
      <Counts />
      <span class="buttons">
        <button
          type="button"
          class={paused.value ? 'tool on' : 'tool'}
          aria-pressed={paused.value}
          title={paused.value ? 'Go on (p)' : 'Hold the picture (p)'}
          onClick={() => (paused.value ? resume() : pause())}
        >
          <Icon name={paused.value ? 'play' : 'pause'} />
          <span>{paused.value ? 'Resume' : 'Pause'}</span>
        </button>
        <button
          type="button"
          class="tool square"
          aria-label={themeNow() === 'dark' ? 'Light theme' : 'Dark theme'}
          title={themeNow() === 'dark' ? 'Light theme (t)' : 'Dark theme (t)'}
          onClick={switchTheme}
        >
          <Icon name={themeNow() === 'dark' ? 'sun' : 'moon'} />
        </button>
        <button
          type="button"
          class="tool square"
          aria-label="Keys"
          title="Keys (?)"
          onClick={() => {
            help_open.value = true;
          }}
        >
          <Icon name="help" />
        </button>
      </span>
    </header>
  );
}

export function switchTheme(): void {
  theme.value = themeNow() === 'dark' ? 'light' : 'dark';
}

const REFUSED =
  'The service was started again, or its inspector was turned off and on, which makes another ' +
  'token. Open the URL that it gives now.';

function ConnectionState() {
  const now = phase.value;
  if (now.is === 'live') {
    return (
      <span class={`connection ${paused.value ? 'is-paused' : 'is-live'}`} role="status">
        {paused.value ? 'paused' : 'live'}
      </span>
    );
  }
  if (now.is === 'connecting') {
    return (
      <span class="connection is-away" role="status">
        {stale.value ? 'connecting again…' : 'connecting…'}
      </span>
    );
  }
  if (now.refused) {
    return (
      <span class="connection is-lost" role="status" title={REFUSED}>
        this URL is no longer valid: open the new one
      </span>
    );
  }
  tick.value;
  const seconds = Math.max(0, Math.ceil((now.again_at_ms - Date.now()) / 1000));
  return (
    <span class="connection is-lost" role="status">
      {`no connection; try ${now.attempt + 1} in ${seconds} s`}
      <button type="button" class="link" onClick={reconnectNow}>
        Try now
      </button>
    </span>
  );
}

function Counts() {
  tick.value;
  frame.value;
  const { alive, dead, hidden, rate: events } = world.value;
  return (
    <dl class="counts">
      <div title={`${count(alive)} actors live, ${count(dead)} dead ones are kept`}>
        <dd>{count(alive)}</dd>
        <dt>{alive === 1 ? 'actor' : 'actors'}</dt>
      </div>
      {hidden > 0 && (
        <div title="They live too, but the service tells of no more actors than these">
          <dd>{count(hidden)}</dd>
          <dt>not shown</dt>
        </div>
      )}
      <div title="Events that actors get each second">
        <dd>{rate(events)}</dd>
        <dt>events/s</dt>
      </div>
    </dl>
  );
}

/** What is kept, and what went for want of room. */
export function Footer() {
  tick.value;
  const { events, timeline, dropped, buried } = world.value;
  const { missed } = inbox;
  const lost = [
    part(dropped.events, 'event', 'not sent by the service'),
    part(missed.events, 'event', 'missed while paused'),
    part(missed.states, 'snapshot', 'missed while paused'),
    part(unread.value, 'message', 'not understood'),
  ].filter((text) => text !== '');
  const gone = [
    part(events.dropped, 'event', 'older'),
    part(timeline.dropped, 'snapshot', 'older'),
    part(dropped.states, 'snapshot', 'merged into later ones'),
    part(dropped.messages, 'message', 'not among the samples'),
    part(buried, 'dead actor', 'forgotten'),
  ]
    .filter((text) => text !== '')
    .join(' · ');
  return (
    <footer class="footer">
      <span title="The oldest go first">
        {`${count(events.length)} events (${bytes(events.bytes)}), `}
        {`${count(timeline.count)} snapshots (${bytes(timeline.bytes)}) kept`}
      </span>
      <span class="quiet gone" title={gone}>
        {gone}
      </span>
      <span class="spring" />
      <span class={lost.length > 0 ? 'lost' : 'quiet'} role="status">
        {lost.length > 0 ? lost.join(' · ') : 'nothing was dropped'}
      </span>
    </footer>
  );
}

function part(number: number, what: string, how: string): string {
  return number === 0 ? '' : `${count(number)} ${what}${number === 1 ? '' : 's'} ${how}`;
}
