/** A border between two parts of the page that is dragged, or moved with the arrow keys. */

import type { Signal } from '@preact/signals';
import type { TargetedKeyboardEvent, TargetedPointerEvent } from 'preact';
import { useRef } from 'preact/hooks';

interface SplitterProps {
  readonly label: string;
  /** The size of a part beside it, in px. */
  readonly size: Signal<number>;
  readonly min: number;
  readonly max: number;
  /** Where that part lies. */
  readonly part: 'left' | 'right' | 'below';
}

const KEY_STEP_PX = 16;

export function Splitter({ label, size, min, max, part }: SplitterProps) {
  const grip = useRef<{ at: number; size: number } | undefined>(undefined);
  const across = part !== 'below';
  const set = (px: number): void => {
    size.value = Math.round(Math.max(min, Math.min(max, px)));
  };
  const place = (event: PointerEvent): number => (across ? event.clientX : event.clientY);
  const onMove = (event: TargetedPointerEvent<HTMLDivElement>): void => {
    if (grip.current === undefined) return;
    const moved = place(event) - grip.current.at;
    set(grip.current.size + (part === 'left' ? moved : -moved));
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    const [smaller, larger] =
      part === 'left' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowRight', 'ArrowLeft'];
    const [less, more] = across ? [smaller, larger] : ['ArrowDown', 'ArrowUp'];
    if (event.key !== less && event.key !== more) return;
    event.preventDefault();
    set(size.value + (event.key === more ? KEY_STEP_PX : -KEY_STEP_PX));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved
    <div
      class={`splitter splitter-${across ? 'across' : 'down'}`}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={across ? 'vertical' : 'horizontal'}
      aria-valuenow={size.value}
      aria-valuemin={min}
      aria-valuemax={max}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        grip.current = { at: place(event), size: size.value };
      }}
      onPointerMove={onMove}
      onPointerUp={() => {
        grip.current = undefined;
      }}
      onPointerCancel={() => {
        grip.current = undefined;
      }}
    />
  );
}
