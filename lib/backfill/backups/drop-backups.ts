import { randomUUID } from 'node:crypto';
import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { getCustomer } from '@/lib/customers/get-customer';
import { readTables } from '@/lib/customers/read-tables';
import { daysOfUnit } from '@/lib/customers/unit-words-model';
import { AppError } from '@/lib/errors';
import { refuseWhileStopped } from '@/lib/holds/refuse-while-stopped';
import { watchStop } from '@/lib/holds/watch-stop';
import type { JobSpec } from '@/lib/jobs/model';
import { jobLabels, jobName } from '@/lib/jobs/name';
import { runToEnd } from '@/lib/jobs/run-to-end';
import { type DropOrder, tagOfBackup } from '@/lib/label-store/model';
import type { BackupView } from './backup-model';
import { lookForBackups } from './list-backups';
import { beginDrops, endDrop, selectDropping } from './sql/backups';

/** Backups in one Job. */
const atOnce = 200;

/**
 * Drops the backups that are due by `dropRule`, or the named ones among them, by Jobs of the deleter. Each drop is
 * recorded before its Job is launched, and audited once the backup is counted to be gone. It may be killed anywhere and
 * run again. Returns the dropped ids. Throws AppError('refused') for a named one that is not due, with when it will be,
 * and while everything is stopped.
 */
export async function dropBackups(
  ctx: Context,
  input: { backupIds?: string[] },
  actor: Actor,
  signal?: AbortSignal,
): Promise<{ dropped: string[] }> {
  await refuseWhileStopped(ctx.db);
  const found = await lookForBackups(ctx);
  const all = found.backups;
  const dropped = await recordGone(ctx, found, actor);
  const due = all.filter((backup) => backup.state !== 'kept');
  for (const id of input.backupIds ?? []) {
    const named = all.find((backup) => backup.backupId === id);
    if (!named) throw new AppError('not_found', `There is no backup ${id}.`);
    if (named.state === 'kept') throw new AppError('refused', `The backup ${id} is not dropped. ${named.sentence}`);
  }
  const wanted = input.backupIds ? due.filter(({ backupId }) => input.backupIds?.includes(backupId)) : due;
  const customers = [...new Set(wanted.map(({ customerId }) => customerId))];
  for (const customerId of customers) {
    const own = wanted.filter((backup) => backup.customerId === customerId);
    for (let at = 0; at < own.length; at += atOnce) {
      signal?.throwIfAborted();
      await refuseWhileStopped(ctx.db);
      dropped.push(...(await dropSome(ctx, { customerId, backups: own.slice(at, at + atOnce), actor, signal })));
    }
  }
  return { dropped };
}

async function dropSome(
  ctx: Context,
  of: { customerId: string; backups: BackupView[]; actor: Actor; signal?: AbortSignal },
): Promise<string[]> {
  const { customerId, backups, actor, signal } = of;
  const customer = await getCustomer(ctx, customerId);
  const tables = await readTables(ctx, customer);
  const day = new Date(ctx.clock.now()).toISOString().slice(0, 10);
  const name = jobName({ kind: 'drop', unit: day, runId: customerId, itemId: randomUUID(), attempt: 1 });
  const begun = await ctx.db.query(beginDrops, {
    backups: JSON.stringify(backups),
    jobName: name,
    requestedBy: actor.name,
  });
  if (begun.length === 0) return [];
  const order: DropOrder = {
    customerId,
    labels: tables.labels.distributed,
    labelsLocal: tables.labels.local,
    cluster: tables.cluster,
    address: ctx.config.clickhouse.address,
    backupIds: begun,
  };
  const spec: JobSpec = {
    name,
    kind: 'drop',
    envOverrides: { SLC_JOB_ORDER: JSON.stringify(order) },
    deadlineSeconds: ctx.config.jobs.deadlineSeconds,
    annotations: { customer: customerId },
    labels: jobLabels({ customer: customerId, day }),
  };
  const job = await runUnlessStopped(ctx, spec, signal);
  if (job.state !== 'succeeded') ctx.log.warn({ job, customerId }, 'backups were not all dropped');
  return recordGone(ctx, await lookForBackups(ctx, { customerId }), actor);
}

/** Runs the Job to its end. "Stop everything" keeps it from being launched; at once, it ends it as well. */
async function runUnlessStopped(ctx: Context, spec: JobSpec, signal?: AbortSignal) {
  const launcher = await ctx.launcher();
  const over = new AbortController();
  await refuseWhileStopped(ctx.db);
  watchStop(ctx, AbortSignal.any(signal ? [signal, over.signal] : [over.signal]), (stop) => {
    if (!stop?.immediately) return;
    launcher
      .stop(spec.name)
      .catch((error) => ctx.log.warn({ err: error, job: spec.name }, 'a Job could not be stopped'));
  });
  try {
    return (await runToEnd({ launcher, log: ctx.log, signal }, spec)).job;
  } finally {
    over.abort(new Error('the Job is over'));
  }
}

/** Records and audits each backup that is counted to be gone, whichever Job dropped it. */
async function recordGone(
  ctx: Context,
  found: { backups: BackupView[]; looked: string[] },
  actor: Actor,
): Promise<string[]> {
  const left = new Set(found.backups.map(({ backupId }) => backupId));
  const begun = await ctx.db.query(selectDropping);
  const gone: string[] = [];
  // NOTE: this holds only for customers whose backups were listed. Of the others nothing is known.
  const own = begun.filter(({ customerId }) => found.looked.includes(customerId));
  for (const { backupId } of own.filter((one) => !left.has(one.backupId)))
    await ctx.db.transaction(async (tx) => {
      const [ended] = await tx.query(endDrop, { backupId });
      if (!ended) return;
      const { customerId, runId, rows, bytes, jobName: job } = ended;
      await recordAudit(tx, actor, {
        action: 'backup.drop',
        customerId,
        subject: runId,
        runId,
        ...daysOfUnit(tagOfBackup(backupId)?.unit ?? ''),
        detail: { backupId, rows, bytes, job },
      });
      gone.push(backupId);
    });
  if (gone.length > 0) ctx.log.info({ gone: gone.length }, 'backups were dropped');
  return gone;
}
