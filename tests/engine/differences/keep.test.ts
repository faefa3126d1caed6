import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planUndo } from '@/lib/backfill/plan/plan-undo';
import { getRun } from '@/lib/backfill/view/get-run';
import type { Customer } from '@/lib/customers/model';
import { exportDifferences } from '@/lib/differences/export-differences';
import { keepNext } from '@/lib/differences/keep-differences';
import { type DifferenceKind, kindsIn } from '@/lib/differences/kinds-model';
import { DifferencesQuery } from '@/lib/differences/model';
import { readDifferences } from '@/lib/differences/read-differences';
import { claimDue } from '@/lib/differences/sql/sets';
import { incidentDay, reassignedTo } from '@/lib/embedded/demo/incident';
import { AppError } from '@/lib/errors';
import type { TestContext } from '../../support/context';
import { spawnWorker } from '../../support/kill';
import { approvedUndo, dayOfIncident, incidentOf, reached, start } from '../../support/repair';
import { until } from '../../support/until';
import { workingContext } from '../../support/worker';

describe('what a run changed', () => {
  let ctx: TestContext;
  let customer: Customer;
  let runId: string;
  const run = (sql: string) => ctx.admin.client.command({ query: sql, clickhouse_settings: { mutations_sync: '2' } });
  const read = (more: Partial<DifferencesQuery> = {}) =>
    readDifferences(ctx, DifferencesQuery.parse({ runId, ...more }));
  const kept = async (id = runId) =>
    (
      await ctx.db.pool.query(
        'SELECT d.* FROM differences d JOIN backfill_items i ON i.id = d.item_id WHERE i.run_id = $1 ORDER BY seq',
        [id],
      )
    ).rows;
  const setOf = async (id = runId) =>
    (
      await ctx.db.pool.query(
        'SELECT d.* FROM difference_sets d JOIN backfill_items i ON i.id = d.item_id WHERE i.run_id = $1',
        [id],
      )
    ).rows[0];
  const verified = async (of: Customer) => (await reached(ctx, await start(ctx, dayOfIncident(of)), ['verified'])).id;
  const fileOf = async (format: 'csv' | 'jsonl', more: Partial<DifferencesQuery> = {}) => {
    let text = '';
    const query = DifferencesQuery.parse({ runId, ...more });
    for await (const part of await exportDifferences(ctx, { query, format })) text += part;
    return text.trimEnd().split('\n');
  };

  beforeAll(async () => {
    ctx = await workingContext({ env: { SLC_KEEP_DIFFERENCES: '10' } });
    customer = await incidentOf(ctx, { conversations: 120 });
    runId = await verified(customer);
  });
  afterAll(() => ctx?.close());

  it('is compared after the unit was verified, and says that it is not known before', async () => {
    expect(await setOf()).toMatchObject({ state: 'due' });
    expect((await getRun(ctx, runId)).changed).toBeNull();
    expect(await read({ source: 'stored' })).toMatchObject({
      source: 'backup',
      notices: [expect.stringContaining('being compared'), expect.any(String)],
    });
    expect(await keepNext(ctx)).toBe(true);
    expect(await keepNext(ctx), 'nothing more is due').toBe(false);
    expect((await getRun(ctx, runId)).changed).toBe(17);
  });

  it('is 17 conversations of 120, of which the bound keeps 10 and says so; what was rewritten equal is no change', async () => {
    const view = await read();
    expect(view.sentence).toBe('120 label rows rewritten, 17 of 120 conversations changed, 103 are as before.');
    expect(view.notices).toEqual(['The first 10 of 17 are kept. The backup has them all.']);
    expect(view).toMatchObject({ source: 'stored', total: 10, page: { at: 0, of: 1 } });
    const [first] = view.rows;
    expect(kindsIn(first?.kinds ?? 0)).toEqual(['agent', 'useCase', 'times']);
    expect(first).toMatchObject({
      olds: [{ agent: 'Dana Whitfield', useCase: 'reservations-chat', endAtMs: 0 }],
      news: [{ agent: reassignedTo, useCase: 'mileage-plan-chat' }],
    });
    expect(view.summary?.byAgent[0]).toEqual({ key: reassignedTo, conversations: 17 });
    expect(await setOf()).toMatchObject({ summary: { asCounted: true, kept: 10, rowsBefore: 120, rowsAfter: 120 } });
  });

  it('is filtered alike as it is stored and as the backup has it', async () => {
    for (const source of ['stored', 'backup'] as const) {
      const all = source === 'backup' ? 17 : 10;
      expect((await read({ source, agent: reassignedTo, kind: 'agent' })).total).toBe(all);
      expect((await read({ source, useCase: 'no such' })).total).toBe(0);
      expect((await read({ source, kind: 'duplicateRemoved' })).total).toBe(0);
      expect((await read({ source, day: incidentDay })).total).toBe(all);
      expect((await read({ source, day: '2026-02-11' })).total).toBe(0);
      const [one] = (await read({ source, agent: 'Dana Whitfield' })).rows;
      expect((await read({ source, search: one?.conversationId.slice(4).toUpperCase() })).rows).toEqual([one]);
    }
    expect((await read({ kind: 'same' })).total).toBe(103);
    expect((await read({ kind: 'same' })).source).toBe('backup');
  });

  it('goes into a file as a whole while the backup is kept, with a last line that says so', async () => {
    const csv = await fileOf('csv');
    expect(csv[0]).toMatch(/^unit,conversation,kinds,old_rows,old_profile,old_agent,/);
    expect(csv).toHaveLength(1 + 17 + 1);
    expect(csv.at(-1)).toMatch(/^# end of export: 17 rows,+$/);
    const lines = (await fileOf('jsonl', { source: 'stored' })).map((line) => JSON.parse(line));
    expect(lines).toHaveLength(11);
    expect(lines[0]).toMatchObject({
      unit: incidentDay,
      kinds: ['agent', 'useCase', 'times'],
      new: [{ agent: reassignedTo }],
    });
    expect(lines.at(-1)).toEqual({
      endOfExport: true,
      rows: 10,
      lacks: `Not all that changed is kept of ${incidentDay}`,
    });
  });

  it('is that of then where labels changed again, and every kind of change is told from the backup', async () => {
    const table = `${customer.database}.conversation_with_labels`;
    const { rows } = await read({ kind: 'same', source: 'backup' });
    const [gone, twice, other, equal] = rows.map(({ conversationId }) => conversationId);
    const copy = (id: string | undefined, what: string) =>
      run(
        `INSERT INTO ${table} SELECT * REPLACE (${what}, update_time + 60 AS update_time) FROM ${table} FINAL WHERE conversation_id = '${id}'`,
      );
    await copy(equal, 'agent_user_id AS agent_user_id');
    expect((await read({ source: 'stored' })).notices, 'an equal rewrite is no change').toHaveLength(1);
    await copy(twice, `'Somebody' AS agent_user_id`);
    await copy(other, '0 AS has_agent_assistance');
    await run(
      `INSERT INTO ${table} SELECT * REPLACE ('new-one' AS conversation_id) FROM (SELECT * FROM ${table} FINAL WHERE conversation_id = '${equal}')`,
    );
    await run(`ALTER TABLE ${table} DELETE WHERE conversation_id = '${gone}'`);
    const now = await read({ source: 'backup' });
    expect(now.notices[0]).toContain('the new labels are those of this moment');
    const found = async (kind: DifferenceKind) =>
      (await read({ source: 'backup', kind })).rows.map((row) => [row.conversationId, kindsIn(row.kinds)]);
    expect(await found('added')).toEqual([['new-one', ['added']]]);
    expect(await found('removed')).toEqual([[gone, ['removed']]]);
    expect(await found('duplicateBack')).toEqual([[twice, ['duplicateBack']]]);
    expect(await found('other')).toEqual([[other, ['other']]]);
    expect(now.total).toBe(17 + 4);
    const then = await read({ source: 'stored' });
    expect(then.total).toBe(10);
    expect(then.notices[0]).toBe(
      `Labels of ${incidentDay} changed again after the run: the new labels shown are those of then, not of now.`,
    );
  });

  it('of an undo is the way back', async () => {
    const plan = await planUndo(ctx, { runId, unit: incidentDay });
    const undoId = await approvedUndo(ctx, { runId, unit: incidentDay, planHash: plan.hash, reason: 'test' });
    await reached(ctx, undoId, ['verified']);
    expect(await keepNext(ctx)).toBe(true);
    const view = await readDifferences(ctx, DifferencesQuery.parse({ runId: undoId }));
    expect(view.sentence).toBe('120 label rows restored, 21 of 121 conversations changed, 100 are as before.');
    expect(
      view.summary?.byKinds.reduce(
        (sum, { kinds, conversations }) => sum + (kindsIn(kinds).includes('duplicateRemoved') ? conversations : 0),
        0,
      ),
    ).toBe(1);
    expect(view.rows.find(({ olds }) => olds[0]?.agent === reassignedTo)).toMatchObject({ news: [{ endAtMs: 0 }] });
  });

  it('is kept once, whole, though the worker that kept it was killed at the writing', async () => {
    const other = await incidentOf(ctx);
    const id = await verified(other);
    const holder = await ctx.db.pool.connect();
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE differences IN ACCESS EXCLUSIVE MODE');
    const worker = spawnWorker(ctx);
    await until('the worker waits to write', async () => {
      const { rows } = await ctx.db.pool.query(
        `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%INSERT INTO differences%' AND pid <> pg_backend_pid()`,
      );
      return rows.length > 0 || null;
    });
    worker.kill();
    await worker.ended;
    await holder.query('ROLLBACK');
    holder.release();
    await until('its connection is gone', async () => ((await setOf(id)).state === 'due' ? true : null));
    expect(await kept(id)).toEqual([]);
    expect(await keepNext(ctx), 'somebody has it').toBe(false);
    await ctx.db.pool.query(`UPDATE difference_sets SET claimed_at = now() - interval '1 hour' WHERE state = 'due'`);
    expect(await keepNext(ctx)).toBe(true);
    expect((await kept(id)).map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await setOf(id)).toMatchObject({ state: 'kept', tries: 2, summary: { changed: 17, asCounted: true } });
  });

  it('is kept by parts up to a bound of bytes, and says so', async () => {
    const other = await incidentOf(ctx);
    const id = await verified(other);
    expect(await keepNext(ctx, undefined, { bytesMost: 2_500, partRows: 2 })).toBe(true);
    const rows = await kept(id);
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.length).toBeLessThan(10);
    expect(new Set(rows.map((row) => row.conversation_id)).size).toBe(rows.length);
    expect((await readDifferences(ctx, DifferencesQuery.parse({ runId: id }))).notices).toEqual([
      `The first ${rows.length} of 17 are kept. At most 0.0025 MB of label rows are kept of a unit. The backup has them all.`,
    ]);
  });

  it('is not said to be whole where it is not: not compared, aging out, or as before without a backup', async () => {
    const other = await incidentOf(ctx);
    const id = await verified(other);
    const lines = async (more: Partial<DifferencesQuery> = {}) =>
      (await fileOf('jsonl', { runId: id, ...more })).map((line) => JSON.parse(line));
    const [uncompared] = await lines();
    expect(uncompared.old[0], 'a set without a summary').toHaveProperty('has_agent_assistance');
    expect(await keepNext(ctx)).toBe(true);
    const item = (await setOf(id)).item_id;
    await ctx.db.pool.query(
      `INSERT INTO backup_drops (backup_id, customer_id, run_id, day, rows, bytes, taken_at, job_name, requested_by)
        SELECT r.id || '/' || i.unit || '/' || (i.state ->> 'backupAttempt'), r.customer_id, r.id, '2026-02-10', 1, 1, now(), 'test', 'test'
        FROM backfill_items i JOIN backfill_runs r ON r.id = i.run_id WHERE i.id = $1`,
      [item],
    );
    expect(await lines({ kind: 'same' })).toEqual([
      { endOfExport: true, rows: 0, lacks: `Conversations that are as before are not kept of ${incidentDay}` },
    ]);
    await ctx.db.pool.query('DELETE FROM differences WHERE item_id = $1 AND seq = 0', [item]);
    expect(await readDifferences(ctx, DifferencesQuery.parse({ runId: id }))).toMatchObject({
      total: 0,
      notices: [expect.stringContaining('only the numbers are kept now')],
    });
    expect((await lines()).at(-1)).toEqual({
      endOfExport: true,
      rows: 0,
      lacks: `Not all that changed is kept of ${incidentDay}`,
    });
  });

  it('costs no try while ClickHouse does not answer, and is given up where no worker survives it', async () => {
    const other = await incidentOf(ctx);
    const id = await verified(other);
    const later = () =>
      ctx.db.pool.query(`UPDATE difference_sets SET claimed_at = now() - interval '1 hour' WHERE state = 'due'`);
    const away = Object.create(ctx.clickhouse, {
      within: {
        value: () => {
          throw new AppError('unavailable', 'ClickHouse does not answer.');
        },
      },
    });
    for (let time = 0; time < 6; time++) {
      expect(await keepNext({ ...ctx, clickhouse: away })).toBe(true);
      expect(await setOf(id)).toMatchObject({ state: 'due', tries: 0 });
      expect(await keepNext(ctx), 'it waits a while').toBe(false);
      await later();
    }
    // A worker that dies takes the set and writes nothing more.
    for (let death = 1; death <= 5; death++) {
      expect(await ctx.db.query(claimDue, { againSeconds: 1_800, triesMost: 5 })).toHaveLength(1);
      expect(await keepNext(ctx), 'the one that took it may live').toBe(false);
      expect(await setOf(id)).toMatchObject({ state: 'due', tries: death });
      await later();
    }
    expect(await keepNext(ctx)).toBe(false);
    expect(await setOf(id)).toMatchObject({
      state: 'not kept',
      sentence: 'No worker came to the end of comparing it in 5 tries.',
    });
  });

  it('is not kept where the backup is gone, which the page says, and the run is verified all the same', async () => {
    const other = await incidentOf(ctx);
    const id = await verified(other);
    await run(`TRUNCATE TABLE ${other.database}.conversation_with_labels_slc_backup`);
    expect(await keepNext(ctx)).toBe(true);
    expect(await getRun(ctx, id)).toMatchObject({ status: 'verified', changed: null });
    expect(await setOf(id)).toMatchObject({
      state: 'not kept',
      sentence: expect.stringContaining('0 label rows where 50 rows were backed up'),
    });
    await expect(readDifferences(ctx, DifferencesQuery.parse({ runId: id }))).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});
