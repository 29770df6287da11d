/** Drawn here, so that they follow the colour of the text. */

const SHAPES = {
  chevron: 'M6 4l4 4-4 4',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.5l7.5 4.5L5 12.5z',
  back: 'M10 4L6 8l4 4',
  forward: 'M6 4l4 4-4 4',
  sun: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1v2M8 13v2M1 8h2M13 8h2M3 3l1 1M12 12l1 1M13 3l-1 1',
  moon: 'M13 9.6A5.4 5.4 0 0 1 6.4 3a5.4 5.4 0 1 0 6.6 6.6z',
  help: 'M5.8 6a2.2 2.2 0 1 1 3.4 1.9c-.8.5-1.2.9-1.2 1.7M8 12v.2',
  search: 'M7 2.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4M10.2 10.2l3 3',
  send: 'M2.5 8h9M8 4l4 4-4 4',
  pin: 'M3 4.5h10M3 8h6M3 11.5h8',
  dead: 'M5 5l6 6M11 5l-6 6',
  close: 'M4 4l8 8M12 4l-8 8',
  down: 'M8 3v9M4 8.5L8 12.5l4-4',
} as const;

export function Icon({ name }: { readonly name: keyof typeof SHAPES }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} />
    </svg>
  );
}
