/** Pan and zoom of a chart: wheel, drag, pinch, double click, keys and buttons. */

import { select } from 'd3-selection';
import { type ZoomBehavior, zoom, zoomIdentity, zoomTransform } from 'd3-zoom';
import type { Rect } from './layout.ts';

type Size = Pick<Rect, 'width' | 'height'>;

export interface Zoom {
  /**
   * Shows a drawing: all of it where it can be read then, or else the part around what is active.
   * Again whenever the pane changes, until somebody moves it.
   */
  begin(size: Size, active?: Rect): void;
  /** Brings what is active into sight, unless somebody has moved the drawing. */
  follow(active: Rect | undefined): void;
  /** Whether that key meant something. */
  key(key: string): boolean;
  end(): void;
}

const MARGIN = 12;
const LEAST = 0.1;
const MOST = 4;
/** Small charts are not blown up. */
const FIT_MOST = 1.25;
/** What is to be seen whole is not made smaller than that; else it is shown in part, so large. */
const WHOLE_LEAST = 0.72;
const READABLE = 0.8;
const STEP = 1.3;
const PAN = 60;

export function zoomOn(svg: SVGSVGElement, content: SVGGElement): Zoom {
  let size: Size = { width: 1, height: 1 };
  let active: Rect | undefined;
  /** Until somebody moves it. */
  let shows: 'readable' | 'all' | undefined = 'readable';
  const selection = select(svg);
  const behavior: ZoomBehavior<SVGSVGElement, unknown> = zoom<SVGSVGElement, unknown>()
    .scaleExtent([LEAST, MOST])
    .on('zoom', ({ transform, sourceEvent }) => {
      // Only a person has an event.
      if (sourceEvent) shows = undefined;
      content.setAttribute('transform', transform.toString());
    });
  selection.call(behavior);
  const show = () => {
    const { width, height } = svg.getBoundingClientRect();
    if (width === 0 || height === 0) return;
    behavior.extent([
      [0, 0],
      [width, height],
    ]);
    const place = placedIn({ width, height }, size, active, shows === 'all');
    selection.call(behavior.transform, place);
  };
  const observer = new ResizeObserver(() => {
    if (shows !== undefined) show();
  });
  observer.observe(svg);
  const scale = (by: number) => selection.call(behavior.scaleBy, by);
  const pan = (x: number, y: number) => {
    const { k } = zoomTransform(svg);
    selection.call(behavior.translateBy, x / k, y / k);
  };
  const keys: Readonly<Record<string, () => void>> = {
    '+': () => scale(STEP),
    '=': () => scale(STEP),
    '-': () => scale(1 / STEP),
    '0': () => {
      shows = 'all';
      show();
    },
    ArrowLeft: () => pan(PAN, 0),
    ArrowRight: () => pan(-PAN, 0),
    ArrowUp: () => pan(0, PAN),
    ArrowDown: () => pan(0, -PAN),
  };
  return {
    begin(next, now) {
      size = next;
      active = now;
      shows = 'readable';
      show();
    },
    follow(now) {
      active = now;
      if (shows === 'readable' && now !== undefined && !inSight(svg, now)) show();
    },
    key(key) {
      const act = keys[key];
      if (act === undefined) return false;
      shows = undefined;
      act();
      return true;
    },
    end() {
      observer.disconnect();
      selection.on('.zoom', null);
    },
  };
}

/** How large a drawing is shown in a pane, and where. */
function placedIn(pane: Size, drawing: Size, active: Rect | undefined, all: boolean) {
  const across = (pane.width - 2 * MARGIN) / drawing.width;
  const down = (pane.height - 2 * MARGIN) / drawing.height;
  const whole = Math.max(LEAST, Math.min(FIT_MOST, across, down));
  const scale = all || whole >= WHOLE_LEAST ? whole : READABLE;
  const { x, y, width, height } = active ?? { x: 0, y: 0, width: 0, height: 0 };
  const left = placed(pane.width, drawing.width * scale, (x + width / 2) * scale);
  const top = placed(pane.height, drawing.height * scale, (y + height / 2) * scale);
  return zoomIdentity.translate(left, top).scale(scale);
}

/** Where a drawing begins: in the middle of the pane, or else so that a point of it is there. */
function placed(pane: number, drawing: number, point: number): number {
  if (drawing + 2 * MARGIN <= pane) return (pane - drawing) / 2;
  return Math.min(MARGIN, Math.max(pane - drawing - MARGIN, pane / 2 - point));
}

function inSight(svg: SVGSVGElement, { x, y, width, height }: Rect): boolean {
  const pane = svg.getBoundingClientRect();
  const { k, x: left, y: top } = zoomTransform(svg);
  const within = (from: number, to: number, all: number) => from >= 0 && to <= all;
  return (
    within(left + x * k, left + (x + width) * k, pane.width) &&
    within(top + y * k, top + (y + height) * k, pane.height)
  );
}
