/** The steps of random histories on an `engineStage`. */

import type { Call } from '../../actors/engines/call.ts';
import { GoxError } from '../../conf/errors.ts';
import type { Random } from '../fuzz/random.ts';
import type { engineStage, StageClient } from './engine-stage.ts';

/** One thing that may happen. */
type Step = (random: Random) => void;

/** What clients and an engine may do, in any order; `clients` changes as some end. */
export function stepsOf(
  stage: Awaited<ReturnType<typeof engineStage>>,
  clients: StageClient[],
): Step[] {
  let flight: Call[] = [];
  const client = (random: Random) => random.pick(clients);
  const methods = ['goxel.add_voxel', 'goxel.get_voxel', 'goxel.save_project', 'ping', 'nope'];
  const opens = ['goxel.create_project', 'goxel.close_project'];
  const ask: Step = (random) => {
    const requests = Array.from({ length: 1 + random.small(12) }, () => ({
      method: random.pick(random.chance(0.1) ? opens : methods),
      params: {
        ...(random.chance(0.5) ? { project: random.pick(['p', 'q']) } : {}),
        ...(random.chance(0.3) ? { _meta: { timeout_ms: 1 + random.below(500) } } : {}),
      },
      ...(random.chance(0.1) ? { id: undefined } : {}),
    }));
    client(random).ask(...requests);
  };
  const land: Step = (random) => {
    for (const call of flight.splice(0)) {
      if (random.chance(0.2)) stage.fail(call);
      else stage.answer(call);
    }
  };
  const putBack: Step = (random) => {
    // Those of each session that come after a first part.
    const sources = new Set(flight.map(stage.owner));
    for (const source of sources) {
      const calls = flight.filter((call) => stage.owner(call) === source);
      const rest = calls.splice(random.below(calls.length + 1));
      for (const call of calls) stage.answer(call);
      if (rest.length > 0) stage.putBack(rest);
    }
    flight = [];
  };
  return [
    ...[ask, ask, ask, land, land, putBack],
    (random) => void flight.push(...stage.depart(1 + random.below(20))),
    (random) => void flight.push(...stage.depart(1 + random.below(20))),
    (random) => client(random).ask({ method: '$/cancelRequest', params: { id: random.below(99) } }),
    (random) => stage.time.increment(random.small(400)),
    (random) => {
      const time_ms = stage.time.now() - random.below(300);
      for (const source of new Set(flight.map(stage.owner))) source.expire(time_ms);
    },
    (random) =>
      random.chance(0.1) && client(random).sessions.giveUp(new GoxError('GOX_CANCELLED', '')),
    (random) =>
      random.chance(0.1) && client(random).sessions.refuseRest(new GoxError('GOX_CANCELLED', '')),
    (random) => random.chance(0.1) && client(random).leave(),
    (random) => {
      if (!random.chance(0.1)) return;
      const place = random.below(clients.length);
      clients[place]!.end();
      clients[place] = stage.connect();
    },
  ];
}
