import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { isAskedByPerson } from '@/lib/approvals/model';
import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { getCustomer } from '@/lib/customers/get-customer';
import { readTables } from '@/lib/customers/read-tables';
import { AppError } from '@/lib/errors';
import { lastWords } from '@/lib/jobs/last-words';
import type { JobSpec } from '@/lib/jobs/model';
import { jobLabels, jobName } from '@/lib/jobs/name';
import { type EndedJob, runToEnd, StillActs } from '@/lib/jobs/run-to-end';
import { jobExitSentences, reportOf } from '@/lib/label-store/model';
import { mutationColumns } from '@/lib/label-store/mutation-columns';
import { selectMutationEverywhere } from '@/lib/label-store/sql/look';
import { replicaAway } from '@/lib/label-store/unfinished-mutations';
import { every, poll } from '@/lib/poll';
import type { Transaction } from '@/lib/postgres/client';
import { resendLost } from '@/lib/postgres/lost-jobs';
import { workQueue } from '@/lib/postgres/work-queue';
import type { KillState } from './kill-model';
import { KillJob, killQueue, killQueueName, sendKill } from './kill-queue';
import { auditOf, killHash, killOrder } from './plan-kill';
import { type KillRow, moveKill, selectKill, selectKillStart, selectKillsWithoutJob } from './sql/kills';

export const resendLostKills = resendLost(selectKillsWithoutJob, async (boss, tx, { killId, isLate }) => {
  if (!isLate) return sendKill(boss, tx, killId);
  const [row] = await tx.query(selectKill, { id: killId });
  if (row) await endIn(tx, row, 'failed', lostLong[row.state === 'killing' ? 'killing' : 'testing'], '');
  return false;
});

const lostLong = {
  testing: 'The queue lost it more than a day ago, so its TEST is not asked by itself. Plan the KILL again.',
  killing:
    'The queue lost it more than a day ago, so it does not go on by itself. Whether ClickHouse was told to stop the mutation is not known: if it is still listed, plan a new KILL.',
};

/** How long a killed mutation may go on being listed: it stops after its current part. */
const goneWithinMs = 120_000;

/** Takes KILLs from the queue until `signal` aborts; another worker takes up an unfinished one. */
export async function workKills(ctx: Context, signal: AbortSignal): Promise<void> {
  const queue = { boss: await killQueue(ctx), name: killQueueName, db: ctx.db, log: ctx.log, signal };
  const pace = { places: [{}], resendLost: resendLostKills };
  await workQueue(queue, pace, (data, until) => driveKill(ctx, KillJob.parse(data).killId, until));
}

/**
 * Does what a KILL's row says is next: its TEST, or the KILL itself, as a Job with a unique name, so that a second
 * run adopts it and none is started twice. May be run again after a kill at any point.
 */
export async function driveKill(ctx: Context, killId: string, signal: AbortSignal): Promise<void> {
  const [row] = await ctx.db.query(selectKill, { id: killId });
  if (row?.state !== 'testing' && row?.state !== 'killing') return;
  try {
    await (row.state === 'testing' ? test(ctx, row, signal) : kill(ctx, row, signal));
  } catch (error) {
    const refused = error instanceof AppError && error.code !== 'unavailable' && error.code !== 'limit';
    if (!refused || signal.aborted) throw error;
    const sentence = error instanceof StillActs ? error.message : `The Job was not started. ${error.message}`;
    await end(ctx, row, 'failed', sentence, '');
  }
}

async function test(ctx: Context, row: KillRow, signal: AbortSignal): Promise<void> {
  const ended = await runJob(ctx, row, 'test', signal);
  const { job, log } = ended;
  const report = reportOf(log);
  if (job.state === 'succeeded' && (report?.numbers.answers ?? 0) > 0) {
    const on = row.plan.hosts.map(({ host }) => host).join(', ');
    return end(ctx, row, 'tested', `ClickHouse accepts the KILL. It would stop the mutation on ${on}.`, log);
  }
  const why =
    job.state === 'succeeded'
      ? 'ClickHouse names no mutation that it would stop: it is over by now.'
      : `The TEST did not succeed, so this KILL cannot be started. ${wordsOf(ended)}`;
  return end(ctx, row, 'failed', why, log);
}

async function kill(ctx: Context, row: KillRow, signal: AbortSignal): Promise<void> {
  const fault = await killFault(ctx, row);
  if (fault) return end(ctx, row, 'failed', fault, '');
  // NOTE: what an earlier Job without a trace did is not known, so nothing is launched for a mutation that is over.
  const [earlier] = await (await ctx.launcher()).inspect([nameOf(row, 'kill')]);
  const over = earlier?.state === 'unknown' ? overOn(await listedOn(ctx, row, signal)) : null;
  if (over) return end(ctx, row, 'killed', over, '');
  const ended = await runJob(ctx, row, 'kill', signal);
  const isAccepted = ended.job.state === 'succeeded';
  let left: string[] = [];
  const sentence = await poll({ signal, withinMs: isAccepted ? goneWithinMs : 0 }, async () => {
    const listed = await listedOn(ctx, row, signal);
    left = listed.filter((one) => !one.isOver).map((one) => one.host);
    return overOn(listed);
  });
  if (sentence) return end(ctx, row, 'killed', sentence, ended.log);
  const why = isAccepted ? 'ClickHouse accepted the KILL.' : wordsOf(ended);
  return end(ctx, row, 'failed', `The mutation is still listed on ${left.join(', ')}. ${why}`, ended.log);
}

/** How the mutation is over, or null where a host lists it as unfinished. */
function overOn(listed: Awaited<ReturnType<typeof listedOn>>): string | null {
  if (listed.some((one) => !one.isOver)) return null;
  const done = listed.filter((one) => one.isDone).map((one) => one.host);
  return done.length > 0
    ? `The mutation is over on every host; on ${done.join(', ')} it was done before the KILL reached it.`
    : 'No host lists the mutation any more. What it did so far stays done.';
}

/**
 * Why this KILL is not done: its row has to be what the audit says was started, approved, and of the customer's labels.
 */
async function killFault(ctx: Context, row: KillRow): Promise<string | null> {
  const { order, plan } = row;
  const [start] = await ctx.db.query(selectKillStart, { id: row.id });
  if (!start?.announced) return 'The audit has no start of this KILL with this plan. Nothing was stopped.';
  const proven = start.approval && (ctx.config.auth.signIn !== 'oidc' || isAskedByPerson(start.approval));
  if (!proven) return 'The audit has no second person’s approval of this KILL. Nothing was stopped.';
  const tables = await readTables(ctx, await getCustomer(ctx, plan.customerId));
  const same = killHash(plan) === start.planHash && isDeepStrictEqual(order, killOrder(plan, tables));
  return same ? null : 'The row of this KILL is not the plan that was approved. Nothing was stopped.';
}

/** Where the mutation is listed; an engine that does not answer is asked again, since no answer is not a zero. */
function listedOn(ctx: Context, { order, plan }: KillRow, signal: AbortSignal) {
  const { database, table } = order.labelsLocal;
  return poll({ ...every(2_000), signal }, async () => {
    try {
      const { rows } = await ctx.clickhouse.read(selectMutationEverywhere, {
        params: { database, table, mutation: plan.mutationId, command_sha256: order.commandSha256 },
        identifiers: { cluster: plan.cluster, has: await mutationColumns(ctx.clickhouse) },
      });
      return rows;
    } catch (error) {
      const away = replicaAway(error, plan.cluster);
      if (!(away instanceof AppError)) throw error;
      ctx.log.warn({ err: error }, 'the killed mutation could not be looked for');
      return null;
    }
  });
}

/** Writes the next state, and the audit's row of an end, if nobody did so meanwhile. */
const end = (ctx: Context, ...of: [row: KillRow, to: KillState, sentence: string, log: string]): Promise<void> =>
  ctx.db.transaction((tx) => endIn(tx, ...of));

async function endIn(tx: Transaction, row: KillRow, to: KillState, sentence: string, log: string): Promise<void> {
  const actor: Actor = { name: 'worker', role: 'viewer', via: 'worker', requestId: randomUUID() };
  const [moved] = await tx.query(moveKill, { id: row.id, from: row.state, to, sentence, log });
  if (moved && to !== 'tested')
    await recordAudit(tx, actor, auditOf(`mutation.kill-${to}`, row.id, row.plan, { result: sentence }));
}

const wordsOf = ({ job, log }: EndedJob): string => {
  const report = reportOf(log);
  return lastWords(log) || (report ? jobExitSentences[report.exit] : job.sentence);
};

const dayOf = (row: KillRow): string => new Date(row.requestedAtMs).toISOString().slice(0, 10);
const nameOf = (row: KillRow, what: 'test' | 'kill'): string =>
  jobName({ kind: 'kill', unit: dayOf(row), runId: row.id, itemId: what, attempt: 1 });

async function runJob(ctx: Context, row: KillRow, what: 'test' | 'kill', signal: AbortSignal): Promise<EndedJob> {
  const spec: JobSpec = {
    name: nameOf(row, what),
    kind: 'kill',
    envOverrides: {
      SLC_JOB_ORDER: JSON.stringify({ ...row.order, address: ctx.config.clickhouse.address, test: what === 'test' }),
    },
    deadlineSeconds: Math.min(ctx.config.jobs.deadlineSeconds, 600),
    annotations: { run: row.id, item: what, attempt: '1' },
    labels: jobLabels({ day: dayOf(row) }),
  };
  return runToEnd({ launcher: await ctx.launcher(), log: ctx.log, signal }, spec);
}
