/** Lists of rows of one height, of which only those in sight are in the page. */

import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { ComponentChildren, HTMLAttributes } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

interface VirtualListProps {
  readonly count: number;
  readonly row_px: number;
  readonly keyOf: (index: number) => string | number;
  readonly row: (index: number) => ComponentChildren;
  /** Scrolled to when it becomes another one. */
  readonly shown?: number | undefined;
  /** Stays at the end, whatever comes. */
  readonly follow?: boolean;
  /** Somebody has scrolled, and is at the end or is not. */
  readonly onScrolled?: (at_end: boolean) => void;
  readonly attributes?: HTMLAttributes<HTMLDivElement>;
}

const OVERSCAN_ROWS = 6;

export function VirtualList(props: VirtualListProps) {
  const { count, row_px, keyOf, row, shown, follow, onScrolled, attributes } = props;
  const element = useRef<HTMLDivElement>(null);
  const list = useVirtualizer(element, count, row_px);

  const height = list.scrollRect?.height ?? 0;
  if (follow === true) {
    // Where it will be, so that the rows there are drawn in this frame and not in the next one.
    list.scrollOffset = Math.max(0, count * row_px - height);
  }
  useLayoutEffect(() => {
    if (shown !== undefined && shown >= 0) list.scrollToIndex(shown, { align: 'auto' });
  }, [list, shown]);
  useLayoutEffect(() => {
    if (follow === true && element.current !== null) {
      element.current.scrollTop = count * row_px;
    }
  }, [follow, count, row_px, height]);

  const onScroll = (): void => {
    const { current } = element;
    if (current === null || onScrolled === undefined) return;
    const { scrollTop, clientHeight, scrollHeight } = current;
    onScrolled(scrollTop + clientHeight >= scrollHeight - row_px);
  };
  return (
    <div
      {...attributes}
      ref={element}
      class={`scroll ${attributes?.class ?? ''}`}
      onScroll={onScroll}
    >
      <div class="rows" role="presentation" style={{ height: `${list.getTotalSize()}px` }}>
        {list.getVirtualItems().map(({ index, start }) => (
          <div
            key={keyOf(index)}
            class="place"
            role="presentation"
            style={{ height: `${row_px}px`, transform: `translateY(${start}px)` }}
          >
            {row(index)}
          </div>
        ))}
      </div>
    </div>
  );
}

function useVirtualizer(
  element: { current: HTMLDivElement | null },
  count: number,
  row_px: number,
): Virtualizer<HTMLDivElement, HTMLDivElement> {
  const [, setVersion] = useState(0);
  const options = {
    count,
    getScrollElement: () => element.current,
    estimateSize: () => row_px,
    overscan: OVERSCAN_ROWS,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => setVersion((version) => version + 1),
  };
  const [list] = useState(() => new Virtualizer<HTMLDivElement, HTMLDivElement>(options));
  list.setOptions(options);
  useLayoutEffect(() => list._didMount(), [list]);
  useLayoutEffect(() => list._willUpdate());
  return list;
}
