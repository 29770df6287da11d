/** The snapshots of the chosen actor on a line, to step back through. */

import { useLayoutEffect, useRef } from 'preact/hooks';
import { eventText } from '../chart/model.ts';
import { looking, step } from '../looking.ts';
import { shot_number, themeNow, tick, world } from '../state.ts';
import { clock, count, duration } from '../store/format.ts';
import type { Look } from '../store/look.ts';
import { stateText } from '../store/state-text.ts';
import { Icon } from './icons.tsx';

export function TimelineBar() {
  const look = looking();
  if (look === undefined || look.shot === undefined) return null;
  const { index, shots, live, actor } = look;
  const to = (place: number): void => {
    const ring = world.value.timeline.of(actor.session);
    shot_number.value = place >= shots - 1 ? undefined : ring?.at(place)?.number;
  };
  return (
    <section class={live ? 'timeline' : 'timeline then'} aria-label="Time line">
      <button
        type="button"
        class="tool square"
        aria-label="Step back"
        title="One snapshot back ([)"
        disabled={index <= 0}
        onClick={() => step(-1)}
      >
        <Icon name="back" />
      </button>
      <button
        type="button"
        class="tool square"
        aria-label="Step forward"
        title="One snapshot forward (])"
        disabled={live}
        onClick={() => step(1)}
      >
        <Icon name="forward" />
      </button>
      <div class="track">
        <Strip look={look} />
        <input
          type="range"
          min={0}
          max={Math.max(1, shots - 1)}
          value={shots === 1 ? 1 : index}
          disabled={shots < 2}
          aria-label="Snapshot"
          aria-valuetext={`${index + 1} of ${shots}: ${stateText(look.state.value)}`}
          onInput={({ currentTarget }) => to(Number(currentTarget.value))}
        />
      </div>
      <ShotText look={look} />
      <button
        type="button"
        class={live ? 'tool live on' : 'tool live'}
        aria-pressed={live}
        title="As it is now (l)"
        onClick={() => {
          shot_number.value = undefined;
        }}
      >
        <span class="live-dot" />
        <span>Live</span>
      </button>
    </section>
  );
}

function ShotText({ look }: { readonly look: Look }) {
  tick.value;
  const { shot, index, shots, actor } = look;
  if (shot === undefined) return null;
  const gone = world.value.timeline.of(actor.session)?.dropped ?? 0;
  const ago = duration(world.value.now(Date.now()) - shot.at_ms);
  const event = shot.transitions.at(-1)?.event;
  const title = gone === 0 ? 'All since the page was opened' : `${count(gone)} older are gone`;
  return (
    <span class="shot" title={title}>
      <b>{`${index + 1}/${shots}${gone > 0 ? '+' : ''}`}</b>
      <span>{clock(shot.at_ms)}</span>
      <span class="quiet">{`${ago} ago`}</span>
      {event !== undefined && <span class="event-name">{eventText(event)}</span>}
    </span>
  );
}

/** Colours for states in the order in which they first come; then again. */
const HUES = [212, 150, 38, 285, 4, 178, 330, 95];

/** A stripe a snapshot, in a colour for its state. */
function Strip({ look }: { readonly look: Look }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { actor, shots, index, shot } = look;
  const theme = themeNow();
  const newest = world.value.timeline.of(actor.session)?.last()?.number;
  useLayoutEffect(() => {
    if (canvas.current !== null) draw(canvas.current, look, theme === 'dark');
  }, [actor, shots, index, shot, newest, theme]);
  return <canvas ref={canvas} />;
}

function draw(canvas: HTMLCanvasElement, look: Look, dark: boolean): void {
  const context = canvas.getContext('2d');
  const ring = world.value.timeline.of(look.actor.session);
  if (context === null || ring === undefined) return;
  const scale = window.devicePixelRatio;
  const width = canvas.clientWidth * scale;
  const height = canvas.clientHeight * scale;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  context.clearRect(0, 0, width, height);
  const hues = new Map<string, number>();
  const step_px = width / ring.length;
  for (let place = 0; place < ring.length; place++) {
    const text = stateText(ring.at(place)?.state.value);
    let hue = hues.get(text);
    if (hue === undefined) {
      hue = HUES[hues.size % HUES.length] ?? 0;
      hues.set(text, hue);
    }
    const seen = place <= look.index;
    context.fillStyle = dark
      ? `hsl(${hue} 45% ${seen ? 52 : 28}%)`
      : `hsl(${hue} 50% ${seen ? 58 : 84}%)`;
    const left = Math.round(place * step_px);
    const gap = step_px > 4 ? scale : 0;
    context.fillRect(left, 0, Math.max(1, Math.round((place + 1) * step_px) - left - gap), height);
  }
}
