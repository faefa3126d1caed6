import { describe, expect, test } from 'vitest';
import type { DemoPlan } from '@/lib/embedded/demo/model';
import { agentNames, noFaults } from '@/lib/embedded/demo/model';
import { seedCustomer } from '@/lib/embedded/demo/seed-demo';
import { filterName, rangeEndName, rangeStartName } from '@/lib/labeler/model';
import { runBundled } from '../../support/bundled';
import { until } from '../../support/until';
import { at, labelerStage, range } from './chats';

const stage = labelerStage();

describe('the labeler as a command', () => {
  const run = (env: Record<string, string>, flags?: string[]) =>
    runBundled('labeler.mjs', { ...stage.ctx.env, [filterName]: stage.customer.id, ...env }, [], flags);

  async function many(count: number): Promise<void> {
    const name = stage.customer.id;
    const plan: DemoPlan = {
      customer: { ...stage.customer, id: name },
      blocks: [
        {
          name: 'many',
          days: ['2026-05-04'],
          counts: [count],
          agents: agentNames(20),
          useCases: ['sales'],
          faults: { ...noFaults(1), missing: [1_000] },
        },
      ],
      rows: { truth: [], labels: [] },
    };
    await seedCustomer({ clickhouse: stage.ctx.admin, chats: stage.ctx.chats }, plan);
  }

  test('prints a line a batch and its counts as JSON at the end', async () => {
    await many(12_000);
    const { code, out } = await run(range(0, 24)).ended;
    const lines = out.trimEnd().split('\n');
    expect(code).toBe(0);
    expect(lines.slice(0, -1)).toEqual(
      [5_000, 10_000, 12_000].map((count) => `${stage.customer.id}: ${count} conversations labeled`),
    );
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      labeled: 12_000,
      range: { from: at(0), to: at(24), endInclusive: false },
      customers: [{ customerId: stage.customer.id, labeled: 12_000, openSkipped: 0 }],
    });
    expect(await stage.labels()).toHaveLength(12_000);
  });

  test.each([
    ['a range that is no range', { [rangeStartName]: 'yesterday', [rangeEndName]: at(1) }, 2, rangeStartName],
    ['half a range', { [rangeEndName]: '' }, 2, rangeEndName],
    ['a customer that is not registered', { [filterName]: 'nobody' }, 2, 'There is no customer "nobody"'],
    ['an engine that does not answer', { CLICKHOUSE_URL: 'http://127.0.0.1:9' }, 3, 'ClickHouse does not answer'],
    ['a wrong password', { CLICKHOUSE_LABELER_PASSWORD: 'wrong' }, 1, 'slc_labeler'],
  ])('%s has its exit code and sentence', async (_, env, code, sentence) => {
    const ended = await run({ ...range(0, 24), ...(env as Record<string, string>) }).ended;
    expect(ended.errors).toContain(sentence);
    expect(ended.code).toBe(code);
  });

  test('SIGTERM ends it between two batches with 143, and the same run again completes it without a duplicate', async () => {
    await many(60_000);
    const first = run(range(0, 24));
    await until('the first batch', () => first.out().includes('labeled'));
    first.child.kill('SIGTERM');
    const { code } = await first.ended;
    expect(code).toBe(143);
    const written = (await stage.labels()).length;
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(60_000);
    expect((await run(range(0, 24)).ended).code).toBe(0);
    expect(await stage.labels()).toHaveLength(60_000);
  });

  test('a heap that could not hold the range is enough', async () => {
    await many(150_000);
    const { code, errors } = await run(range(0, 24), ['--max-old-space-size=40']).ended;
    expect(errors).toBe('');
    expect(code).toBe(0);
    expect(await stage.labels()).toHaveLength(150_000);
  });
});
