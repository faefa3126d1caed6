import type { Actor } from '@/lib/auth/model';
import { startBackfill } from '@/lib/backfill/control/start-backfill';
import { planBackfill } from '@/lib/backfill/plan/plan-backfill';
import type { PlanRequest } from '@/lib/backfill/state/command-model';
import type { Progress } from '@/lib/backfill/state/model';
import { mutationProgress } from '@/lib/backfill/state/samples-model';
import { getRun } from '@/lib/backfill/view/get-run';
import { readProgress } from '@/lib/backfill/view/run-progress';
import { ClickHouse } from '@/lib/clickhouse/client';
import { type Context, createContext } from '@/lib/context';
import { addCustomer } from '@/lib/customers/add-customer';
import { daysBetween } from '@/lib/days';
import { agentNames, type DemoPlan } from '@/lib/embedded/demo/model';
import { seedCustomer } from '@/lib/embedded/demo/seed-demo';
import { every, poll } from '@/lib/poll';
import { connectPostgres } from '@/lib/postgres/client';

/**
 * How wrong the time left is after a tenth of the work, on a running embedded demo (SLC_DATA_DIR): of a run of days of
 * very different sizes whose customer was never repaired before, and of a mutation of many parts.
 * `node dist/bench-estimate.mjs`
 */
const actor: Actor = { name: 'bench', role: 'operator', via: 'cli', requestId: 'bench' };
const after = 0.1;
/** Conversations of each day, small and large ones in no order. */
const counts = [
  2_000, 9_000, 400, 15_000, 3_000, 600, 6_000, 20_000, 1_200, 500, 12_000, 2_500, 8_000, 300, 4_000, 18_000, 900,
  7_000, 1_500, 10_000, 700, 5_000, 14_000, 350,
];
const firstDay = '2026-03-02';
const parts = { count: 60, rows: 400_000 };

type Seen = { atMs: number; progress: Progress };

const ctx = createContext({ process: 'bench' });
const { url, users } = ctx.config.clickhouse;
const admin = new ClickHouse({ url, user: users.admin, log: ctx.log });
const chats = connectPostgres({ url: ctx.config.chats.ownerUrl, log: ctx.log, application: 'slc-bench' });

/** A new customer, whose days have so many conversations each. */
async function customerWith(name: string, sizes: number[]): Promise<{ id: string; fromDay: string; toDay: string }> {
  const id = `${name}_${Date.now().toString(36)}`;
  const toDay = new Date(Date.parse(firstDay) + sizes.length * 86_400_000).toISOString().slice(0, 10);
  const days = daysBetween(firstDay, toDay);
  const plan: DemoPlan = {
    customer: { id, displayName: id, profiles: ['main'], database: id, timeZone: 'UTC' },
    blocks: [
      {
        name: 'days',
        days,
        counts: sizes,
        agents: agentNames(40),
        useCases: ['main-chat'],
        faults: { stale: days.map(() => 50), missing: days.map(() => 0), duplicate: days.map(() => 0) },
      },
    ],
    rows: { truth: [], labels: [] },
  };
  await seedCustomer({ clickhouse: admin, chats }, plan);
  await addCustomer(ctx, plan.customer, actor);
  return { id, fromDay: firstDay, toDay };
}

async function start(request: PlanRequest): Promise<string> {
  const plan = await planBackfill(ctx, request);
  const confirmed = plan.checks.filter(({ verdict }) => verdict === 'unknown').map(({ id }) => id);
  const { runId } = await startBackfill(ctx, { ...request, planHash: plan.hash, reason: 'bench', confirmed }, actor);
  return runId;
}

/** Follows a run to its end, and what was estimated meanwhile: of the run, and of the mutation of its unit. */
async function follow(ctx: Context, runId: string): Promise<{ run: Seen[]; mutation: Seen[] }> {
  const run: Seen[] = [];
  const mutation: Seen[] = [];
  await poll(every(250), async () => {
    const now = (await readProgress(ctx, [runId])).get(runId);
    const atMs = Date.now();
    if (!now) return true;
    run.push({ atMs, progress: now.run });
    for (const { samples } of now.units.values()) {
      const progress = mutationProgress(samples, atMs);
      if (progress) mutation.push({ atMs, progress });
    }
    return null;
  });
  return { run, mutation };
}

/**
 * The first estimate after a tenth of the time, and how far it and the worst one until nine tenths are off, in percent.
 */
function judge(what: string, seen: Seen[], { fromMs, toMs }: { fromMs: number; toMs: number }) {
  const judged = seen.flatMap(({ atMs, progress: { done, of, secondsLeft } }) => {
    const share = (atMs - fromMs) / (toMs - fromMs);
    const left = (toMs - atMs) / 1_000;
    if (share < after || share > 0.9 || secondsLeft === null) return [];
    return [
      { share, percent: (100 * done) / of, left, estimate: secondsLeft, error: (100 * (secondsLeft - left)) / left },
    ];
  });
  const [first] = judged;
  const worst = judged.reduce((most, { error }) => (Math.abs(error) > Math.abs(most) ? error : most), 0);
  const middle = judged.map(({ error }) => Math.abs(error)).sort((a, b) => a - b)[Math.floor(judged.length / 2)];
  const seconds = (toMs - fromMs) / 1_000;
  if (!first) return { what, seconds, error: null, middle: null, worst: null };
  process.stdout.write(
    `${what}: ${seconds.toFixed(1)} s. At ${(100 * first.share).toFixed(0)} % of it (shown: ${Math.floor(first.percent)} %) ${first.estimate.toFixed(1)} s were estimated and ${first.left.toFixed(1)} s were left: ${first.error.toFixed(1)} % off; later ${middle?.toFixed(1)} % in the middle, ${worst.toFixed(1)} % at worst\n`,
  );
  const round = (value: number | undefined) => Number((value ?? 0).toFixed(1));
  return { what, seconds: round(seconds), error: round(first.error), middle: round(middle), worst: round(worst) };
}

async function benchRun() {
  const { id, ...range } = await customerWith('estimate_run', counts);
  const runId = await start({ customerId: id, ...range, strategy: 'replace', units: 'day' });
  const seen = await follow(ctx, runId);
  const run = await getRun(ctx, runId);
  if (run.status !== 'verified') throw new Error(`The run is "${run.status}". ${run.stopped?.failure ?? ''}`);
  return judge(`run of ${run.unitsTotal} units`, seen.run, {
    fromMs: run.startedAtMs ?? 0,
    toMs: run.endedAtMs ?? 0,
  });
}

/** One day with some labels in each of many large parts, which its delete rewrites. */
async function benchMutation() {
  const { id, ...range } = await customerWith('estimate_parts', [6_000]);
  const table = `${id}.conversation_with_labels`;
  const command = (query: string) => admin.client.command({ query });
  await command(`ALTER TABLE ${table} MODIFY SETTING max_bytes_to_merge_at_max_space_in_pool = 1`);
  await command(`CREATE TABLE ${id}.rest ENGINE = Memory AS SELECT * FROM ${table}`);
  await command(`TRUNCATE TABLE ${table}`);
  for (let part = 0; part < parts.count; part += 1) {
    const rows = Math.round(parts.rows * (0.4 + (1.2 * ((part * 7) % parts.count)) / parts.count));
    await command(`
      INSERT INTO ${table}
      SELECT * FROM ${id}.rest WHERE cityHash64(conversation_id) % ${parts.count} = ${part}
      UNION ALL
      SELECT hex(sipHash128(number, ${part})), '${id}', 'main', 'Ann', 'main-chat',
        toDateTime64('2026-03-10 00:00:00', 3, 'UTC') + number % 1000000, toDateTime64('2026-03-22 00:00:00', 3, 'UTC'), 1,
        toDateTime64('2026-03-22 01:00:00', 3, 'UTC')
      FROM numbers(${rows})
      SETTINGS max_block_size = 10000000, max_insert_block_size = 10000000, min_insert_block_size_rows = 10000000, min_insert_block_size_bytes = 10000000000`);
  }
  const runId = await start({ customerId: id, ...range, strategy: 'replace', units: 'day' });
  const seen = await follow(ctx, runId);
  const run = await getRun(ctx, runId);
  if (run.status !== 'verified') throw new Error(`The run is "${run.status}". ${run.stopped?.failure ?? ''}`);
  const step = run.units[0]?.steps.find(({ step }) => step === 'mutation');
  return judge(`mutation of ${run.units[0]?.plan.partsTouched} parts`, seen.mutation, {
    fromMs: step?.startedAtMs ?? 0,
    toMs: step?.endedAtMs ?? 0,
  });
}

try {
  const results = [await benchRun(), await benchMutation()];
  process.stdout.write(`${JSON.stringify({ results })}\n`);
} finally {
  await Promise.allSettled([admin.close(), chats.close(), ctx.close()]);
}
