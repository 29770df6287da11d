/** The page as a whole. */

import { looking } from '../looking.ts';
import {
  type Drawer,
  drawer,
  drawer_height,
  phase,
  side_width,
  stale,
  tree_width,
  upper,
} from '../state.ts';
import { ActorHead } from './actor-head.tsx';
import { ChartPane } from './chart-pane.tsx';
import { EventsPane } from './events-pane.tsx';
import { Footer, Header } from './header.tsx';
import { Help } from './help.tsx';
import { SendDialog } from './send-dialog.tsx';
import { SequencePane } from './sequence-pane.tsx';
import { SnapshotPane } from './snapshot-pane.tsx';
import { Splitter } from './splitter.tsx';
import { TimelineBar } from './timeline-bar.tsx';
import { TreePane } from './tree-pane.tsx';

export function App() {
  return (
    <div class={stale.value ? 'app stale' : 'app'}>
      <Header />
      <div
        class="body"
        style={{ gridTemplateColumns: `min(${tree_width.value}px, 40vw) auto minmax(0, 1fr)` }}
      >
        <TreePane />
        <Splitter label="Width of the tree" size={tree_width} min={220} max={640} part="left" />
        <Main />
      </div>
      <Footer />
      <Help />
      <SendDialog />
    </div>
  );
}

function Main() {
  if (looking() === undefined) {
    const text = phase.value.is === 'live' ? 'Waiting for actors…' : 'Waiting for the service…';
    return <main class="pane nothing">{text}</main>;
  }
  return (
    <main class="main" style={{ gridTemplateRows: `auto auto 1fr auto ${drawer_height.value}px` }}>
      <ActorHead />
      <TimelineBar />
      <Upper />
      <Splitter label="Height of events" size={drawer_height} min={90} max={700} part="below" />
      <Lower />
    </main>
  );
}

/** Chart and snapshot side by side; in a narrow window one of them. */
function Upper() {
  return (
    <div class={`upper shows-${upper.value}`} style={{ '--side': `${side_width.value}px` }}>
      <div class="segments narrow-only" role="radiogroup" aria-label="Chart or snapshot">
        {(['chart', 'snapshot'] as const).map((name) => (
          <label key={name} class={upper.value === name ? 'on' : ''}>
            <input
              type="radio"
              name="upper"
              checked={upper.value === name}
              onChange={() => {
                upper.value = name;
              }}
            />
            {name === 'chart' ? 'Chart' : 'Snapshot'}
          </label>
        ))}
      </div>
      <section class="pane chart-pane" aria-label="Chart">
        <ChartPane />
      </section>
      <Splitter label="Width of the snapshot" size={side_width} min={220} max={700} part="right" />
      <section class="pane snapshot-pane" aria-label="Snapshot">
        <SnapshotPane />
      </section>
    </div>
  );
}

const DRAWERS: readonly (readonly [Drawer, string, string])[] = [
  ['events', 'Events', 'e'],
  ['sequence', 'Sequence', 'q'],
];

function Lower() {
  return (
    <section class="pane lower" aria-label="Events and messages">
      <div class="tabs" role="tablist">
        {DRAWERS.map(([name, text, key]) => (
          <button
            key={name}
            type="button"
            role="tab"
            aria-selected={drawer.value === name}
            title={`${text} (${key})`}
            onClick={() => {
              drawer.value = name;
            }}
          >
            {text}
          </button>
        ))}
      </div>
      {drawer.value === 'events' ? <EventsPane /> : <SequencePane />}
    </section>
  );
}
