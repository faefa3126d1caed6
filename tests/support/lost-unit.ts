import { randomUUID } from 'node:crypto';
import type { TestContext } from './context';

const hash = 'a'.repeat(64);
const state = {
  strategy: 'replace',
  hasRows: true,
  attempt: 1,
  tries: 1,
  backupAttempt: null,
  wrongRows: null,
  deletingRest: false,
  passingSinceMs: null,
};
const scope = {
  customerId: 'acme',
  profiles: ['p1'],
  database: 'acme',
  timeZone: 'UTC',
  fromDay: '2026-01-01',
  toDay: '2026-01-02',
  fromMs: 0,
  toMs: 1,
};
export type LostUnit = {
  run?: string;
  pause?: boolean;
  status?: string;
  owner?: string;
  daysAgo?: number;
  cancelAfter?: 'step';
};
/** A run of three units without a job, of which the second is due and as `of` says; returns its id. */
export async function lostUnit(ctx: Pick<TestContext, 'db'>, of: LostUnit): Promise<string> {
  const sql = async (text: string, values: unknown[] = []) => (await ctx.db.pool.query(text, values)).rows;
  const id = randomUUID();
  const fromDay = new Date(Date.UTC(2026, 0, 1) + 86_400_000 * (await sql('SELECT id FROM backfill_runs')).length);
  await sql(
    `INSERT INTO backfill_runs (id, customer_id, strategy, from_day, to_day, scope, plan, plan_hash, status, started_by, pause, ended_at,
       created_at, cancel_after)
     VALUES ($1, 'acme', 'replace', $2::date, $2::date + 1, $6, '{"labelKey": "", "labelsTable": "", "jobTemplate": ""}', $3, $4, 'anna', $5,
       CASE WHEN $4 IN ('queued', 'running') THEN NULL ELSE now() END, now() - $7::int * interval '25 hours', $8)`,
    [
      id,
      fromDay,
      hash,
      of.run ?? 'running',
      of.pause ? { cause: 'person', by: 'anna', reason: 'a test', atMs: 0 } : null,
      scope,
      of.daysAgo ?? 0,
      of.cancelAfter ?? null,
    ],
  );
  const item = async (seq: number, status: string, owner: string | null) => {
    const itemId = randomUUID();
    await sql(
      `INSERT INTO backfill_items (id, run_id, seq, unit, day, scope, status, state, plan, owner, ended_at)
       VALUES ($1, $2, $3, $4, $5::date + $3::int, $9, $6, $8::jsonb || jsonb_build_object('status', $6::text), '{}', $7,
         CASE WHEN $6 = 'verified' THEN now() END)`,
      [
        itemId,
        id,
        seq,
        new Date(fromDay.getTime() + seq * 86_400_000).toISOString().slice(0, 10),
        fromDay,
        status,
        owner,
        state,
        scope,
      ],
    );
    return itemId;
  };
  await item(0, 'verified', null);
  const due = await item(1, of.status ?? 'planned', of.owner ?? null);
  await item(2, 'planned', null);
  return due;
}
