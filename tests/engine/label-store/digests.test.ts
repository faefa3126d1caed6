import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { countLabelRows } from '@/lib/label-store/count-label-rows';
import { labelDigest, labelDigestsByUnit } from '@/lib/label-store/label-digest';
import { unfinishedMutations } from '@/lib/label-store/unfinished-mutations';
import { type TestContext, testContext } from '../../support/context';
import { backedUp, inAndAround, insertTies, label, labelTable, runJob, startJob } from '../../support/labels';
import { until } from '../../support/until';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx?.close());

describe('a digest', () => {
  it('does not change when the engine merges, and changes with any column of any row', async () => {
    const table = await labelTable(ctx);
    const [one, two] = [label(), label()];
    await table.run('SYSTEM STOP MERGES $labels');
    await table.insert([one, two, label({ customer_id: 'other' })]);
    await table.insert([{ ...one, usecase_id: 'newer', update_time: '2026-02-10 12:00:00.000' }]);
    const of = { scope: table.scope, tables: table.tables };
    const before = await labelDigest(ctx, of);
    expect(before.rows).toBe(2);
    expect(await countLabelRows(ctx, of)).toBe(3);
    await table.run('SYSTEM START MERGES $labels');
    await table.run('OPTIMIZE TABLE $labels FINAL');
    expect(await countLabelRows(ctx, of)).toBe(2);
    expect(await labelDigest(ctx, of)).toEqual(before);
    await table.insert([{ ...two, has_agent_assistance: 0, update_time: '2026-02-10 12:00:00.000' }]);
    const after = await labelDigest(ctx, of);
    expect(after.rows).toBe(2);
    expect(after.hash).not.toBe(before.hash);
  });

  it('does not change when the engine merges rows of one key and version, of which it keeps the last', async () => {
    const table = await labelTable(ctx);
    await table.run('SYSTEM STOP MERGES $labels');
    await insertTies(table);
    const of = { scope: table.scope, tables: table.tables };
    const before = await labelDigest(ctx, of);
    await table.run('SYSTEM START MERGES $labels');
    await table.run('OPTIMIZE TABLE $labels FINAL');
    expect(await countLabelRows(ctx, of)).toBe(8);
    expect(await labelDigest(ctx, of)).toEqual(before);
  });

  it('by day is the digest of each day’s own scope, over the edges of a zone’s days', async () => {
    const table = await labelTable(ctx, { timeZone: 'America/Los_Angeles' });
    const days = ['2026-03-07', '2026-03-08', '2026-03-09'];
    await table.insert(
      ['2026-03-07 08:00:00', '2026-03-08 07:59:59', '2026-03-08 08:00:00', '2026-03-09 06:59:59'].map((at) =>
        label({ conversation_start_time: at, conversation_end_time: at }),
      ),
    );
    const customer = { ...table.scope, id: 'acme', displayName: 'Acme' };
    const byDay = await labelDigestsByUnit(ctx, {
      scope: scopeOf(customer, '2026-03-07', '2026-03-10'),
      tables: table.tables,
      units: days,
    });
    expect([...byDay.values()].map((digest) => digest.rows)).toEqual([2, 2, 0]);
    for (const [at, day] of days.entries()) {
      const scope = scopeOf(customer, day, days[at + 1] ?? '2026-03-10');
      expect(byDay.get(day)).toEqual(await labelDigest(ctx, { scope, tables: table.tables }));
    }
  });

  it('sees a NULL that takes the place of an empty text', async () => {
    const table = await labelTable(ctx);
    await table.run('ALTER TABLE $labels ADD COLUMN note Nullable(String)');
    await table.run(`ALTER TABLE ${table.scope.database}.conversation_with_labels_d ADD COLUMN note Nullable(String)`);
    const tables = await readTables(ctx, table.scope);
    const row = label();
    await table.insert([row]);
    const withNull = await labelDigest(ctx, { scope: table.scope, tables });
    await table.insert([{ ...row, note: '', update_time: row.update_time } as typeof row]);
    await table.run('OPTIMIZE TABLE $labels FINAL');
    expect((await labelDigest(ctx, { scope: table.scope, tables })).hash).not.toBe(withNull.hash);
    expect(withNull.rows).toBe(1);
  });
});

describe('unfinished mutations', () => {
  it('are told oldest first, with whose they are, and only the oldest is blamed', async () => {
    const table = await labelTable(ctx);
    await table.insert(inAndAround());
    const order = await backedUp(ctx, table);
    await table.run(
      "ALTER TABLE $labels UPDATE usecase_id = throwIf(1, 'no way') :: String WHERE 1 SETTINGS mutations_sync = 0",
    );
    const job = startJob(ctx, 'delete', order);
    const seen = await until('the first fails', async () => {
      const found = await unfinishedMutations(ctx, { tables: table.tables });
      return found.length === 2 && found[0]?.failReason !== '' && found;
    });
    expect(seen.map((mutation) => mutation.health)).toEqual(['failing', 'waiting']);
    expect(seen.map((mutation) => mutation.tag)).toEqual([
      null,
      expect.objectContaining({ unit: '2026-02-10', attempt: 1 }),
    ]);
    expect(seen[1]?.sentence).toContain(`Waits behind ${seen[0]?.mutationId}, which fails`);
    const { labels, labelsLocal, cluster } = order;
    expect(
      await runJob(ctx, 'kill', {
        labels,
        labelsLocal,
        cluster,
        mutationId: seen[0]?.mutationId,
        commandSha256: sha256(seen[0]?.command ?? ''),
      }),
    ).toMatchObject({
      code: 0,
    });
    expect(await job.ended).toMatchObject({ code: 0 });
    await until('no mutation is unfinished', async () => {
      const left = await unfinishedMutations(ctx, { tables: table.tables });
      return left.length === 0;
    });
  });
});
