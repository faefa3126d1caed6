import { delay } from '@/lib/clock';
import type { CustomerTables } from '@/lib/customers/model';
import { AppError } from '@/lib/errors';
import { backupDigest } from './backup-digest';
import { count, JobEnd, type JobRun, stopHere } from './job-end';
import { backupOwnerOf, type JobOrder, keyBatches, type MutationProgress, mutationTag, sameDigest } from './model';
import { mutationProgress } from './mutation-progress';
import { scopeParams } from './sql/scope';
import { wrongNames } from './sql/wrong-names';
import { countListedUnproven, deleteListed, selectListKeys } from './sql/wrong-rows';
import { submitTagged } from './submit-delete';
import { countListedRows } from './wrong-rows';

const pollMs = { first: 50, most: 1_000, factor: 1.5 };
const replicaLagMs = 30_000;

type Ordered = { order: JobOrder & { listId: string }; tables: CustomerTables };

/**
 * Deletes exactly the rows of a proven list, by full label key, in batches; returns when none is left on any replica.
 * A batch's tag comes from the list and its place in it, so that whichever Job of whichever attempt finds the tag
 * waits and never submits it twice. Before the first batch every row that is still there must stand beside the right
 * row of its conversation, else JobEnd('notAsPlanned') and nothing changes.
 */
export async function runDeleteListed(run: JobRun, ordered: Ordered): Promise<Record<string, number>> {
  const { ctx, say, signal } = run;
  const { order, tables } = ordered;
  const { scope, listId } = order;
  const list = backupOwnerOf(listId);
  if (!list?.list) throw new JobEnd('orderRefused', `"${listId}" is no list of wrong rows.`);
  say(
    `Deleting the wrong rows of ${scope.customerId}, ${scope.fromDay} to ${scope.toDay} (exclusive), ${scope.timeZone}.`,
  );
  const found = await backupDigest(ctx, { backupId: listId, tables });
  if (!sameDigest(found, order.expect))
    throw new JobEnd(
      'notAsPlanned',
      `The list holds ${count(found.rows, 'row')}, ${count(order.expect.rows, 'row')} expected. Nothing was deleted.`,
    );
  const names = wrongNames(tables);
  const { rows: keys } = await ctx.clickhouse.read(selectListKeys, { params: { list: listId }, names });
  const newest = keys.reduce(
    (most, { newest: one }) => (BigInt(one) > most ? BigInt(one) : most),
    BigInt(keys[0]?.newest ?? 0),
  );
  const batches = keyBatches(keys.map(({ key }) => key));
  const numbers = { rows: order.expect.rows, batches: batches.length };
  if ((await countListedRows(ctx, { scope, tables, listId })) === 0) {
    say('No row of the list is left, so there is nothing to delete.');
    return { ...numbers, rowsLeft: 0 };
  }
  const { rows: unproven } = await ctx.clickhouse.readOne(countListedUnproven, {
    params: { ...scopeParams(scope), list: listId },
    names,
  });
  if (unproven > 0)
    throw new JobEnd(
      'notAsPlanned',
      `${count(unproven, 'row')} of the list no longer ${unproven === 1 ? 'stands' : 'stand'} beside the right row of the conversation. Nothing was deleted by this Job.`,
      {
        numbers: { unproven },
      },
    );
  for (const [at, batch] of batches.entries()) {
    const tag = mutationTag({ ...list, batch: at + 1 });
    const earlier = await mutationProgress(ctx, { tables, tag });
    if (earlier.some((one) => !one.isKilled)) {
      say(`Batch ${at + 1} of ${batches.length} was submitted before.`);
      continue;
    }
    stopHere(signal, at === 0 ? 'Nothing was deleted.' : `${at} of ${batches.length} batches were submitted.`);
    say(`Submitting batch ${at + 1} of ${batches.length}, ${count(batch.length, 'key')}, tagged ${tag}.`);
    await submitTagged(run, tables, tag, () =>
      ctx.clickhouse.command(deleteListed, {
        params: { ...scopeParams(scope), keys: batch, newest: String(newest), tag },
        names,
        settings: { mutations_sync: 0, distributed_ddl_task_timeout: 60 },
        timeoutSeconds: 120,
      }),
    );
  }
  await waitForListed(run, ordered, mutationTag(list));
  return { ...numbers, rowsLeft: 0 };
}

/** `waitForDelete` of a list: every batch is over on every replica, and no row of the list is left on any. */
async function waitForListed({ ctx, say, signal }: JobRun, { order, tables }: Ordered, tag: string): Promise<void> {
  let overSince: number | null = null;
  let said = '';
  for (let waitMs = pollMs.first; ; waitMs = Math.min(pollMs.most, waitMs * pollMs.factor)) {
    stopHere(signal, 'The mutations go on in ClickHouse.');
    const look = await lookAt(ctx, { order, tables }, tag);
    if (look?.rows === 0) return say('Done: no row of the list is left on any replica.');
    if (look && look.rows !== null) {
      overSince ??= ctx.clock.now();
      if (ctx.clock.now() - overSince >= (tables.cluster === null ? 0 : replicaLagMs))
        throw new JobEnd(
          'rowsLeft',
          `The mutations are over, and ${count(look.rows, 'row')} of the list ${look.rows === 1 ? 'is' : 'are'} left.`,
          {
            numbers: { rowsLeft: look.rows },
          },
        );
    } else overSince = null;
    const line = look ? `Waiting: ${count(look.parts, 'part')} to do.` : 'ClickHouse does not answer. Waiting.';
    if (line !== said) say(line);
    said = line;
    await delay(waitMs);
  }
}

/** `rows` null: a mutation is at work. The whole look null: no answer, which is not a zero. */
async function lookAt(
  ctx: JobRun['ctx'],
  { order, tables }: Ordered,
  tag: string,
): Promise<{ parts: number; rows: number | null } | null> {
  try {
    const progress = await mutationProgress(ctx, { tables, tag, under: true });
    const atWork = progress.filter((one: MutationProgress) => !one.isDone && !one.isKilled);
    const parts = atWork.reduce((sum, one) => sum + one.partsToDo, 0);
    return {
      parts,
      rows: atWork.length > 0 ? null : await countListedRows(ctx, { scope: order.scope, tables, listId: order.listId }),
    };
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
