/** The `keeper` effect of the machine `renders`: removes managed renders when it is their time. */

import { fromCallback } from 'xstate';
import type { KeeperCommand, RendersEvent } from '../../machines/renders.ts';
import { reportFigures } from '../vitals.ts';
import type { Renders } from './renders.ts';

export function keeperEffect(renders: Renders) {
  return fromCallback<KeeperCommand, undefined>(({ receive, sendBack, self }) => {
    reportFigures(self, () => renders.figures());
    let over = false;
    const sweep = async () => {
      await renders.sweep();
      if (!over) sendBack({ type: 'sweep.done' } satisfies RendersEvent);
    };
    receive(() => void sweep());
    renders.active = true;
    return () => {
      over = true;
      renders.active = false;
      renders.clear();
    };
  });
}
