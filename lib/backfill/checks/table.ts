import { unfinishedMutations } from '@/lib/mutations/unfinished-mutations';
import { countDistributionQueue, countReplicas, selectFreeSpace, tableParams } from '../sql/system';
import { bytes, count } from '../words';
import { type Check, fail, pass, unknown } from './input';

/** FACTS 22: a delete behind somebody else's mutation waits for it, and shows its error. */
export const mutationsCheck: Check = {
  id: 'mutations',
  title: 'No unfinished mutation on the label table',
  async look(ctx, { tables }) {
    const unfinished = await unfinishedMutations(ctx, { tables });
    const others = unfinished.filter((mutation) => mutation.owner === null);
    const numbers = { unfinished: unfinished.length, others: others.length };
    if (others.length > 0)
      return fail(
        `${count(others.length, 'mutation')} of somebody else ${others.length === 1 ? 'is' : 'are'} unfinished on the label table (${others[0]?.mutationId}). Wait until it is done, or have it killed.`,
        numbers,
      );
    if (unfinished.length > 0)
      return pass(
        `${count(unfinished.length, 'delete')} of this console ${unfinished.length === 1 ? 'is' : 'are'} unfinished on the table; the run waits for it.`,
        numbers,
      );
    return pass('No mutation is unfinished.', numbers);
  },
};

export const replicasCheck: Check = {
  id: 'replicas',
  title: 'Every replica is active and writable',
  async look({ clickhouse }, { tables }) {
    const found = await clickhouse.readOne(countReplicas, {
      params: tableParams(tables.labels.local),
      names: { cluster: tables.readCluster },
    });
    if (found.replicas === 0) return pass('The label table is not replicated: there is one copy to change.', found);
    if (found.readOnly + found.inactive > 0)
      return fail(
        `${found.readOnly} of ${count(found.replicas, 'replica')} cannot be written and ${found.inactive} see others missing. Bring them back first.`,
        found,
      );
    return pass(`All ${count(found.replicas, 'replica')} are active.`, found);
  },
};

/** A mutation rewrites whole parts: the old ones stay until the new ones are there. */
export const diskCheck: Check = {
  id: 'disk',
  title: 'Free disk space for the rewritten parts',
  async look({ clickhouse }, { tables, days }) {
    const needed = 2 * days.reduce((most, day) => Math.max(most, day.bytesTouched), 0);
    const { freeBytes, hosts } = await clickhouse.readOne(selectFreeSpace, {
      params: {},
      names: { cluster: tables.readCluster },
    });
    const numbers = { freeBytes, neededBytes: needed };
    if (hosts === 0) return unknown('ClickHouse names no disk, so its free space is not known.', numbers);
    return freeBytes >= needed
      ? pass(`${bytes(freeBytes)} are free; twice the parts of the largest day is ${bytes(needed)}.`, numbers)
      : fail(`${bytes(freeBytes)} are free; ${bytes(needed)} are needed. Free some space first.`, numbers);
  },
};

export const distributionQueueCheck: Check = {
  id: 'distribution-queue',
  title: 'No labels on their way through the Distributed table',
  async look({ clickhouse }, { tables }) {
    const found = await clickhouse.readOne(countDistributionQueue, {
      params: tableParams(tables.labels.distributed),
      names: { cluster: tables.readCluster },
    });
    return found.files + found.broken === 0
      ? pass('Nothing is waiting to be sent.', found)
      : fail(
          `${count(found.files + found.broken, 'file')} of labels still wait to be sent to their shard, and would arrive after the delete. Wait until they are.`,
          found,
        );
  },
};
