import { getDurability } from '../catalogue/durability.ts';
import type { Handler } from './handler.ts';

/** What the engine knows of it; the main thread, which has the journal, says the rest. */
const durability: Handler<typeof getDurability> = ({ records, ops }, { op_ids = [] }) => {
  const { sequence, epoch } = records;
  return {
    ...{ sequence, kept: 0, epoch, sync: 'never', ephemeral: true },
    ops: op_ids.map((op_id) => ({ op_id, sequence: ops.get(op_id)?.sequence ?? null })),
  };
};

export const durabilityHandlers = { [getDurability.name]: durability };
