/** Pan and zoom of a chart: wheel, drag, pinch, double click, keys and buttons. */

import { select } from 'd3-selection';
import { type ZoomBehavior, zoom, zoomIdentity, zoomTransform } from 'd3-zoom';

export interface Zoom {
  /** Shows all of the drawing; again whenever the pane changes, until somebody moves it. */
  fit(size: { readonly width: number; readonly height: number }): void;
  /** Whether that key meant something. */
  key(key: string): boolean;
  end(): void;
}

const MARGIN = 12;
const LEAST = 0.1;
const MOST = 4;
/** Small charts are not blown up. */
const FIT_MOST = 1.25;
const STEP = 1.3;
const PAN = 60;

export function zoomOn(svg: SVGSVGElement, content: SVGGElement): Zoom {
  let size = { width: 1, height: 1 };
  let fitted = true;
  const selection = select(svg);
  const behavior: ZoomBehavior<SVGSVGElement, unknown> = zoom<SVGSVGElement, unknown>()
    .scaleExtent([LEAST, MOST])
    .on('zoom', ({ transform, sourceEvent }) => {
      // Only a person has an event.
      if (sourceEvent) fitted = false;
      content.setAttribute('transform', transform.toString());
    });
  selection.call(behavior);
  const show = () => {
    const { width, height } = svg.getBoundingClientRect();
    if (width === 0 || height === 0) return;
    const across = (width - 2 * MARGIN) / size.width;
    const down = (height - 2 * MARGIN) / size.height;
    const scale = Math.max(LEAST, Math.min(FIT_MOST, across, down));
    const x = (width - size.width * scale) / 2;
    const y = Math.max(MARGIN, (height - size.height * scale) / 2);
    behavior.extent([
      [0, 0],
      [width, height],
    ]);
    selection.call(behavior.transform, zoomIdentity.translate(x, y).scale(scale));
  };
  const observer = new ResizeObserver(() => {
    if (fitted) show();
  });
  observer.observe(svg);
  const fit = (next = size) => {
    size = next;
    fitted = true;
    show();
  };
  const scale = (by: number) => selection.call(behavior.scaleBy, by);
  const pan = (x: number, y: number) => {
    const { k } = zoomTransform(svg);
    selection.call(behavior.translateBy, x / k, y / k);
  };
  const keys: Readonly<Record<string, () => void>> = {
    '+': () => scale(STEP),
    '=': () => scale(STEP),
    '-': () => scale(1 / STEP),
    '0': () => fit(),
    ArrowLeft: () => pan(PAN, 0),
    ArrowRight: () => pan(-PAN, 0),
    ArrowUp: () => pan(0, PAN),
    ArrowDown: () => pan(0, -PAN),
  };
  return {
    fit,
    key(key) {
      const act = keys[key];
      if (act === undefined) return false;
      if (key !== '0') fitted = false;
      act();
      return true;
    },
    end() {
      observer.disconnect();
      selection.on('.zoom', null);
    },
  };
}
