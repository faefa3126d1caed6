import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { isAskedByPerson } from '@/lib/approvals/model';
import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import { delay } from '@/lib/clock';
import type { Context } from '@/lib/context';
import { getCustomer } from '@/lib/customers/get-customer';
import { readTables } from '@/lib/customers/read-tables';
import { AppError } from '@/lib/errors';
import type { JobSpec, JobStatus } from '@/lib/jobs/model';
import { jobLabels, jobName } from '@/lib/jobs/name';
import { jobExitSentences, reportOf } from '@/lib/label-store/model';
import { mutationColumns } from '@/lib/label-store/mutation-columns';
import { selectMutationEverywhere } from '@/lib/label-store/sql/look';
import { replicaAway } from '@/lib/label-store/unfinished-mutations';
import type { KillState } from './kill-model';
import { KillJob, killQueue, killQueueName } from './kill-queue';
import { auditOf, killHash, killOrder } from './plan-kill';
import { type KillRow, moveKill, selectKill, selectKillStart } from './sql/kills';

const logLines = 100;
/** How long a launched Job may be unknown before it counts as lost. */
const unknownMs = 5_000;
/** How long a killed mutation may go on being listed: it stops behind the part in hand. */
const goneWithinMs = 120_000;

/** Takes KILLs from the queue until `signal` aborts; one in hand is taken up by another worker. */
export async function workKills(ctx: Context, signal: AbortSignal): Promise<void> {
  const boss = await killQueue(ctx);
  const stop = () => {
    boss
      .offWork(killQueueName, { wait: false })
      .catch((error) => ctx.log.warn({ err: error }, 'the queue worker did not stop'));
  };
  signal.addEventListener('abort', stop, { once: true });
  await boss.work(
    killQueueName,
    { pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 1, heartbeatRefreshSeconds: 2 },
    async (jobs) => {
      for (const job of jobs)
        await driveKill(ctx, KillJob.parse(job.data).killId, AbortSignal.any([signal, job.signal]));
    },
  );
}

/**
 * Does what a KILL's row says is next: its TEST, or the KILL itself, as a Job with a name of its own, so that a second
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
    await end(ctx, row, 'failed', `The Job was not started. ${error.message}`, '');
  }
}

async function test(ctx: Context, row: KillRow, signal: AbortSignal): Promise<void> {
  const { status, log } = await runJob(ctx, row, 'test', signal);
  const report = reportOf(log);
  if (status.state === 'succeeded' && (report?.numbers.answers ?? 0) > 0) {
    const on = row.plan.victims.map((victim) => victim.host).join(', ');
    return end(ctx, row, 'tested', `ClickHouse accepts the KILL. It would stop the mutation on ${on}.`, log);
  }
  const why =
    status.state === 'succeeded'
      ? 'ClickHouse names no mutation that it would stop: it is over by now.'
      : `The TEST did not succeed, so this KILL cannot be started. ${lastWords(status, log)}`;
  return end(ctx, row, 'failed', why, log);
}

async function kill(ctx: Context, row: KillRow, signal: AbortSignal): Promise<void> {
  const fault = await killFault(ctx, row);
  if (fault) return end(ctx, row, 'failed', fault, '');
  const { status, log } = await runJob(ctx, row, 'kill', signal);
  const untilMs = ctx.clock.now() + (status.state === 'succeeded' ? goneWithinMs : 0);
  for (;;) {
    const listed = await listedOn(ctx, row, signal);
    const left = listed.filter((one) => !one.isOver).map((one) => one.host);
    if (left.length === 0) {
      const done = listed.filter((one) => one.isDone).map((one) => one.host);
      const sentence =
        done.length > 0
          ? `The mutation is over on every host; on ${done.join(', ')} it was done before the KILL reached it.`
          : 'No host lists the mutation any more. What it did so far stays done.';
      return end(ctx, row, 'killed', sentence, log);
    }
    if (ctx.clock.now() >= untilMs) {
      const job = status.state === 'succeeded' ? 'ClickHouse was told to stop it.' : lastWords(status, log);
      return end(ctx, row, 'failed', `The mutation is still listed on ${left.join(', ')}. ${job}`, log);
    }
    await delay(500, signal);
  }
}

/** Why this KILL is not done: its row has to be what the audit says was started, approved, and of the customer's labels. */
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
async function listedOn(ctx: Context, { order, plan }: KillRow, signal: AbortSignal) {
  const { database, table } = order.labelsLocal;
  for (;;) {
    try {
      const { rows } = await ctx.clickhouse.read(selectMutationEverywhere, {
        params: { database, table, mutation: plan.mutationId, command_sha256: order.commandSha256 },
        names: { cluster: plan.cluster, has: await mutationColumns(ctx.clickhouse) },
      });
      return rows;
    } catch (error) {
      const away = replicaAway(error, plan.cluster);
      if (!(away instanceof AppError)) throw error;
      ctx.log.warn({ err: error }, 'the killed mutation could not be looked for');
      await delay(2_000, signal);
    }
  }
}

/** Writes the next state, and the audit's row of an end, if nobody did so meanwhile. */
async function end(ctx: Context, row: KillRow, to: KillState, sentence: string, log: string): Promise<void> {
  const actor: Actor = { name: 'worker', role: 'viewer', via: 'worker', requestId: randomUUID() };
  await ctx.db.transaction(async (tx) => {
    const [moved] = await tx.query(moveKill, { id: row.id, from: row.state, to, sentence, log });
    if (moved && to !== 'tested')
      await recordAudit(tx, actor, auditOf(`mutation.kill-${to}`, row.id, row.plan, { result: sentence }));
  });
}

const lastWords = (status: JobStatus, log: string): string => {
  const report = reportOf(log);
  const line = log
    .trimEnd()
    .split('\n')
    .filter((one) => one !== '' && !one.startsWith('{'))
    .at(-1);
  return line ?? (report ? jobExitSentences[report.exit] : status.sentence);
};

async function runJob(
  ctx: Context,
  row: KillRow,
  what: 'test' | 'kill',
  signal: AbortSignal,
): Promise<{ status: JobStatus; log: string }> {
  const launcher = await ctx.launcher();
  const day = new Date(row.requestedAtMs).toISOString().slice(0, 10);
  const spec: JobSpec = {
    name: jobName({ kind: 'kill', unit: day, runId: row.id, itemId: what, attempt: 1 }),
    kind: 'kill',
    envOverrides: {
      SLC_JOB_ORDER: JSON.stringify({ ...row.order, address: ctx.config.clickhouse.address, test: what === 'test' }),
    },
    deadlineSeconds: Math.min(ctx.config.jobs.deadlineSeconds, 600),
    annotations: { run: row.id, item: what, attempt: '1' },
    labels: jobLabels({ day }),
  };
  await launcher.launch(spec);
  let knownAt = performance.now();
  for (let waitMs = 40; ; waitMs = Math.min(1_000, waitMs * 1.4)) {
    const [status] = await launcher.inspect([spec.name]);
    if (status && status.state !== 'unknown') knownAt = performance.now();
    const over = status?.state === 'succeeded' || status?.state === 'failed';
    if (status && (over || performance.now() - knownAt > unknownMs)) {
      const log = await launcher.logs(spec.name, logLines).catch(() => '');
      return { status, log };
    }
    await delay(waitMs, signal);
  }
}
