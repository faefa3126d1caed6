import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportRuns } from '@/lib/backfill/view/export-runs';
import type { Customer } from '@/lib/customers/model';
import { exportConversations } from '@/lib/detection/view/export-conversations';
import { exportCustomers, exportDays } from '@/lib/detection/view/export-lists';
import { listConversations } from '@/lib/detection/view/list-conversations';
import { incidentDay } from '@/lib/embedded/demo/incident';
import { exportFindings } from '@/lib/findings/export-findings';
import { type TestContext, testContext } from '../../support/context';
import { incidentOf } from '../../support/repair';

describe('lists as files', () => {
  let ctx: TestContext;
  let customer: Customer;
  beforeAll(async () => {
    ctx = await testContext();
    customer = await incidentOf(ctx, { conversations: 700 });
  });
  afterAll(() => ctx?.close());
  const linesOf = async (texts: AsyncIterable<string>) => {
    let text = '';
    for await (const part of texts) text += part;
    return text.trimEnd().split('\n');
  };
  const jsonOf = async (texts: AsyncIterable<string>) => (await linesOf(texts)).map((line) => JSON.parse(line));
  const query = (more: object = {}) => ({ customerId: customer.id, day: incidentDay, ...more });
  const conversations = async (more: object = {}) =>
    jsonOf(await exportConversations(ctx, { query: query(more), format: 'jsonl', atOnce: 90 }));

  it('every conversation of a day that matches is in its file, as the pages of the day show it', async () => {
    for (const filter of [{}, { flags: null }, { class: 'fresh' }, { flags: null, agent: 'Dana Whitfield' }] as const) {
      const shown = [];
      for (let offset = 0; ; offset += 500) {
        const page = await listConversations(ctx, { ...query(filter), offset, rowsMax: 500 });
        shown.push(...page.rows);
        if (page.rows.length < 500) break;
      }
      const file = await conversations(filter);
      expect(file.pop()).toEqual({ endOfExport: true, rows: shown.length });
      const key = (row: { conversation: string; judged: string; truth: unknown; labels: unknown[] }) =>
        `${row.conversation} ${row.judged} ${row.truth !== null} ${row.labels.length}`;
      expect(file.map(key).sort()).toEqual(
        shown
          .map((row) =>
            key({ conversation: row.conversationId, judged: row.class, truth: row.truth, labels: row.labels }),
          )
          .sort(),
      );
    }
    const csv = await linesOf(await exportConversations(ctx, { query: query(), format: 'csv' }));
    expect(csv).toHaveLength(1 + 17 + 1);
    expect(csv[1]).toContain(',affected,wrongAgent wrongUseCase wrongEndHour,');
    expect(csv[1]).toContain('Corinne Harmon');
  });

  it('a customer that is not there fails before the first byte', async () => {
    await expect(
      exportConversations(ctx, { query: query({ customerId: 'nobody' }), format: 'csv' }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  it('customers, days, findings and runs are whole, page after page', async () => {
    const { rows } = await ctx.db.pool.query('SELECT count(*)::int AS n FROM customers');
    expect(await jsonOf(await exportCustomers(ctx, { format: 'jsonl' }))).toHaveLength(rows[0].n + 1);
    const range = {
      customerId: customer.id,
      fromDay: incidentDay,
      toDay: '2026-02-12',
      show: 'all',
      format: 'csv',
    } as const;
    expect((await linesOf(await exportDays(ctx, range))).at(-1)).toMatch(
      /^# end of export: 0 rows\. 2 days of the range were never counted,/,
    );
    await ctx.db.pool.query(
      `INSERT INTO backfill_runs (id, customer_id, strategy, from_day, to_day, scope, plan, plan_hash, status, ended_at, started_by)
       SELECT gen_random_uuid(), $1, 'replace', '2026-01-01', '2026-01-02', '{"timeZone": "UTC"}', '{"rowsToDelete": 1}', 'x', 'cancelled', now(), '=' || n
       FROM generate_series(1, 1201) n`,
      [customer.id],
    );
    await ctx.db.pool.query(
      `INSERT INTO findings (id, customer_id, day, state, first_seen_at, last_seen_at, conversations, affected, flags, at_least,
         worst_affected, worst_flags, agents, worst_agents)
       SELECT gen_random_uuid(), $1, '2020-01-01'::date + n, 'ongoing', now(), now(), 1, 1, '{"wrongAgent": 1}', false, 1, '{}', 1, 1
       FROM generate_series(1, 1001) n`,
      [customer.id],
    );
    const runs = await linesOf(exportRuns(ctx, { customerId: customer.id, format: 'csv' }));
    expect(runs).toHaveLength(1 + 1201 + 1);
    expect(new Set(runs).size).toBe(1203);
    expect(runs.find((line) => line.includes(`,'=7,`))).toBeDefined();
    expect(await linesOf(exportRuns(ctx, { q: '=1201', format: 'csv' }))).toHaveLength(3);
    const findings = await linesOf(exportFindings(ctx, { query: { customerId: customer.id }, format: 'csv' }));
    expect(findings).toHaveLength(1 + 1001 + 1);
    expect(new Set(findings).size).toBe(1003);
  });
});
