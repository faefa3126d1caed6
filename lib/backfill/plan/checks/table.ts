import { constraintFault } from '@/lib/customers/constraint-fault';
import { labelColumns } from '@/lib/customers/model';
import { unitInWords } from '@/lib/customers/unit-words-model';
import { unstoredColumn } from '@/lib/customers/unstored-column';
import { backupShape, unfitBackupTable } from '@/lib/label-store/backup-shape';
import { unfinishedMutations } from '@/lib/label-store/unfinished-mutations';
import { agree, bytes, count, listed } from '@/lib/words';
import { isRelabelling } from '../../state/ways';
import { countDistributionQueue, countReplicas, selectColumnShapes, selectFreeSpace, tableParams } from '../sql/system';
import { type Check, fail, pass, unknown } from './input';

/** A delete behind somebody else's mutation waits for it, and shows its error. */
export const mutationsCheck: Check = {
  id: 'mutations',
  title: 'No unfinished mutation on the label table',
  async look(ctx, { tables }) {
    const unfinished = await unfinishedMutations(ctx, { tables });
    const others = unfinished.filter((mutation) => mutation.tag === null);
    const failing = unfinished.filter((mutation) => mutation.tag !== null && mutation.health === 'failing');
    const numbers = { unfinished: unfinished.length, others: others.length, failing: failing.length };
    const [first, ours] = [others[0], unfinished[0]];
    if (first)
      return fail(
        `${count(others.length, 'mutation')} of somebody else ${agree(others.length, 'is', 'are')} unfinished on the label table (${first.mutationId} on ${first.host}). Wait until it is done, or have it killed: see Mutations.`,
        numbers,
      );
    if (failing[0]?.tag)
      return fail(
        `${count(failing.length, 'delete')} of this console ${agree(failing.length, 'fails', 'fail')} on the table (run ${failing[0].tag.runId}, ${unitInWords(failing[0].tag.unit)}). Settle that run first, or have the mutation killed: see Mutations.`,
        numbers,
      );
    if (ours?.tag)
      return pass(
        `${count(unfinished.length, 'delete')} of this console ${agree(unfinished.length, 'is', 'are')} unfinished on the table; the run waits for run ${ours.tag.runId}, ${unitInWords(ours.tag.unit)}.`,
        numbers,
      );
    return pass('0 mutations are unfinished on any replica.', numbers);
  },
};

export const replicasCheck: Check = {
  id: 'replicas',
  title: 'Every replica is active and writable',
  async look({ clickhouse }, { tables }) {
    const found = await clickhouse.readOne(countReplicas, {
      params: tableParams(tables.labels.local),
      identifiers: { cluster: tables.readCluster },
    });
    if (found.shown < found.servers)
      return unknown(
        `${found.shown} of ${count(found.servers, 'server')} of the cluster ${agree(found.shown, 'shows', 'show')} the label table to this console’s reader, so mutations, replicas and disks of the rest cannot be seen. Grant it there what deploy/clickhouse/users.sql grants, or look there yourself and confirm.`,
        found,
      );
    if (found.replicas < found.replicated)
      return unknown(
        `${count(found.replicated, 'server')} ${agree(found.replicated, 'has', 'have')} a replicated label table, but only ${found.replicas} ${agree(found.replicas, 'tells', 'tell')} of its state. Look at system.replicas there, then confirm that all replicas are active and writable.`,
        found,
      );
    if (found.replicas === 0)
      return pass(
        'The label table has 0 replicas beside the one copy on each shard; there is no other copy to wait for.',
        found,
      );
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
  asksLabels: true,
  async look({ clickhouse }, { tables, units: days }) {
    const needed = 2 * days.reduce((most, day) => Math.max(most, day.bytesTouched), 0);
    const { freeBytes, hosts } = await clickhouse.readOne(selectFreeSpace, {
      params: tableParams(tables.labels.local),
      identifiers: { cluster: tables.readCluster },
    });
    const numbers = { freeBytes, neededBytes: needed, hosts };
    if (needed === 0) return pass(`${bytes(0)} of parts are rewritten, so no space is needed.`, numbers);
    if (hosts === 0)
      return unknown(
        `ClickHouse names no disk that holds the label table, so it is not known whether ${bytes(needed)} are free there. Look at system.disks, then confirm.`,
        numbers,
      );
    return freeBytes >= needed
      ? pass(
          `Least free disk: ${bytes(freeBytes)}; needed: ${bytes(needed)}, twice the parts of the largest unit. This is checked again before each unit.`,
          numbers,
        )
      : fail(
          `Least free disk: ${bytes(freeBytes)}; needed: ${bytes(needed)}, twice the parts of the largest unit. Free ${bytes(needed - freeBytes)} first.`,
          numbers,
        );
  },
};

/** A column that a backup cannot hold, or an undo cannot write, would be lost with the delete. */
export const columnsCheck: Check = {
  id: 'columns',
  title: 'A backup holds every column of the labels',
  async look(ctx, { tables, scope, strategy }) {
    const { labels } = tables;
    const [{ rows: shapes }, backup, unstored, constraint] = await Promise.all([
      ctx.clickhouse.read(selectColumnShapes, {
        params: tableParams(labels.local),
        identifiers: { cluster: tables.readCluster },
      }),
      backupShape(ctx, tables),
      unstoredColumn(ctx, tables),
      isRelabelling(strategy) ? constraintFault(ctx, { tables, ...scope, rowsMax: Number.MAX_SAFE_INTEGER }) : null,
    ]);
    const columns = Object.keys(labels.columns);
    const numbers = { columns: columns.length, shapes: shapes.length };
    const [most, other] = shapes;
    if (most && other) {
      const differing = [...most.columns, ...other.columns].filter(
        (column) => most.columns.includes(column) !== other.columns.includes(column),
      );
      return fail(
        `The label table has other columns on ${other.host} than on ${most.host}: ${listed(differing)}. Make them the same first.`,
        numbers,
      );
    }
    const fault = unfitBackupTable(tables, backup) ?? unstored ?? constraint;
    if (fault) return fail(fault, numbers);
    const written = new Set<string>(labelColumns(labels.versionColumn));
    const others = columns.filter((column) => !written.has(column) && !labels.materialized.includes(column));
    const rest =
      others.length > 0
        ? ` A relabelled row has the default of a column that the labeler does not write, which may be so of ${listed(others)}; the backup keeps what was in it.`
        : '';
    return pass(`All ${count(columns.length, 'stored column')} are in both tables and in the backup.${rest}`, numbers);
  },
};

export const distributionQueueCheck: Check = {
  id: 'distribution-queue',
  title: 'No labels on their way through the Distributed table',
  async look({ clickhouse }, { tables }) {
    const found = await clickhouse.readOne(countDistributionQueue, {
      params: tableParams(tables.labels.distributed),
      identifiers: { cluster: tables.readCluster },
    });
    return found.files + found.broken === 0
      ? pass('0 files are waiting to be sent.', found)
      : fail(
          `${count(found.files + found.broken, 'file')} of labels still wait to be sent to their shard, and would arrive after the delete. Wait until they are.`,
          found,
        );
  },
};
