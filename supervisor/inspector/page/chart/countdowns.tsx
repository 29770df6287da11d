/** What is left of the timers that run, beside the transitions that they end in. */

import { useEffect, useState } from 'preact/hooks';
import type { Delay } from '../../protocol.ts';
import { COUNTDOWN, hasRoom } from './content.ts';
import { type PlacedRow, rowOfDelay } from './match.ts';
import { eventText } from './model.ts';

export interface CountdownsProps {
  readonly delays: readonly Delay[];
  readonly active: readonly string[];
  readonly rows: readonly PlacedRow[];
  readonly serviceNow: () => number;
}

const TICK_MS = 100;
const CALM_TICK_MS = 1000;
const RADIUS = 5;
const AROUND = 2 * Math.PI * RADIUS;

/** Draws anew while a timer runs. */
function useTick(running: boolean): void {
  const [, draw] = useState(0);
  useEffect(() => {
    if (!running) return;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const timer = setInterval(() => draw((count) => count + 1), calm ? CALM_TICK_MS : TICK_MS);
    return () => clearInterval(timer);
  }, [running]);
}

export function Countdowns({ delays, active, rows, serviceNow }: CountdownsProps) {
  useTick(delays.length > 0);
  const lit = new Set(active);
  const now = serviceNow();
  return (
    <g class="chart-countdowns">
      {delays.map((delay) => {
        const place = rowOfDelay(rows, delay, lit);
        return place && <Countdown key={place.row.key} delay={delay} place={place} now={now} />;
      })}
    </g>
  );
}

function Countdown({ delay, place, now }: { delay: Delay; place: PlacedRow; now: number }) {
  const left = leftOf(delay, now);
  const share = delay.delay_ms > 0 ? left / delay.delay_ms : 0;
  const inset = place.edge === undefined ? -4 : 3;
  // Beside a row that has no room for it, since only its service knows that it is timed.
  const room = hasRoom(place.row.transition.event) ? COUNTDOWN + inset : -4;
  const x = place.x + place.width - room;
  const y = place.y + (place.edge === undefined ? -1 : 2);
  return (
    <g class="chart-countdown" transform={`translate(${x} ${y})`}>
      <rect width={COUNTDOWN} height="17" rx="8.5" />
      <circle class="chart-ring" cx="9" cy="8.5" r={RADIUS} />
      <circle
        class="chart-left"
        {...{ cx: 9, cy: 8.5, r: RADIUS, transform: 'rotate(-90 9 8.5)' }}
        stroke-dasharray={`${share * AROUND} ${AROUND}`}
      />
      <text x="18" y="12.5">
        {secondsText(left)}
      </text>
    </g>
  );
}

/** Timers that end in no transition of the chart, in words. */
export function OtherTimers({ delays, active, rows, serviceNow }: CountdownsProps) {
  const lit = new Set(active);
  const others = delays.filter((delay) => rowOfDelay(rows, delay, lit) === undefined);
  useTick(others.length > 0);
  if (others.length === 0) return null;
  const now = serviceNow();
  return (
    <ul class="chart-timers">
      {others.map((delay) => (
        <li key={`${delay.event} ${delay.started_ms}`}>
          {`${eventText(delay.event)}: ${secondsText(leftOf(delay, now))}`}
        </li>
      ))}
    </ul>
  );
}

function leftOf({ started_ms, delay_ms }: Delay, now: number): number {
  return Math.min(delay_ms, Math.max(0, started_ms + delay_ms - now));
}

function secondsText(left_ms: number): string {
  const seconds = left_ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = seconds / 60;
  return minutes < 100 ? `${Math.round(minutes)} m` : `${Math.round(minutes / 60)} h`;
}
