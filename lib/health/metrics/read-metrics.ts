import { firstOf, patience } from '@/lib/clock';
import { release } from '@/lib/config';
import type { Context } from '@/lib/context';
import { messageOf } from '@/lib/errors';
import { instruments, measureProcess } from '@/lib/metrics/instruments';
import { overdueCustomers } from '@/lib/notifications/conditions/work-conditions';
import { isQuiet } from '@/lib/notifications/outbox/quiet';
import { retentionRules } from '@/lib/retention/sql/rules';
import type { HealthPart } from '../model';
import { readEngineParts, readOtherParts } from '../read-health';
import { queueExists } from '../sql';
import { type Sample, setGauges } from './gauges';
import { selectConversationSamples, selectQueueSamples, selectSamples } from './sql';

/** What was computed is used again while it is this young, so that scrapers and their retries share it. */
const keptMs = 5_000;
/** The looks that open connections or ask the platform of Jobs are used for longer. */
const otherPartsKeptMs = 60_000;
const conversationsKeptMs = 30_000;
/** A scrape waits this long for those looks, and then has what was last known. */
const otherPartsWaitMs = 2_000;

// NOTE: the route and the port are separate bundles, but share one context.
const shared = globalThis as typeof globalThis & { slcMetricsOf?: WeakMap<Context, () => Promise<string>> };

export type Metrics = { text: string; contentType: string };

/**
 * The metrics of the pages' process in Prometheus' text format, at most five seconds old, and their content type. Callers
 * at the same time share one computation. It asks Postgres a few statements and ClickHouse one, over connections that are
 * open; once a minute it also looks at the parts for which it opens connections, and a scrape waits for these no longer than
 * two seconds once they are known. It throws nothing: what could not be asked is a part that is down, and has no other series.
 */
export async function readMetrics(ctx: Context): Promise<Metrics> {
  shared.slcMetricsOf ??= new WeakMap();
  const read = shared.slcMetricsOf.get(ctx) ?? metricsOf(ctx);
  shared.slcMetricsOf.set(ctx, read);
  const text = await read();
  return { text, contentType: instruments.registry.contentType };
}

/** What this process counts by itself, such as a worker. */
export async function readOwnMetrics(process: 'web' | 'worker'): Promise<Metrics> {
  const { registry, build } = instruments;
  measureProcess(process);
  build.set(release, 1);
  return { text: await registry.metrics(), contentType: registry.contentType };
}

function metricsOf(ctx: Context): () => Promise<string> {
  const readOthers = lastKnown(
    otherPartsWaitMs,
    kept(ctx, otherPartsKeptMs, () => readOtherParts(ctx)),
  );
  const readConversations = kept(ctx, conversationsKeptMs, () => ctx.db.query(selectConversationSamples));
  return kept(ctx, keptMs, async () => {
    const [samples, conversations, engines, others] = await Promise.all([
      samplesOf(ctx),
      readConversations().catch(() => []),
      readEngineParts(ctx),
      readOthers(),
    ]);
    setGauges([...samples, ...conversations, ...[...engines, ...others].flatMap(partSample)]);
    return (await readOwnMetrics('web')).text;
  });
}

const values = { ok: 1, unset: 1, warning: 0.5, failed: 0 } as const;
/** What is not configured is neither up nor down. */
const partSample = ({ name, status }: HealthPart): Sample[] =>
  status === 'unset' ? [] : [{ name: 'slc_part_up', labels: { part: name }, value: values[status] }];

async function samplesOf(ctx: Context): Promise<Sample[]> {
  const quiet = isQuiet(ctx.config.notifications.quiet, ctx.clock.now());
  try {
    const [samples, overdue, [queue]] = await Promise.all([
      ctx.db.query(selectSamples, { rules: retentionRules.map(({ name }) => name), quiet }),
      overdueCustomers(ctx),
      ctx.db.query(queueExists),
    ]);
    samples.push({ name: 'slc_customers_overdue', labels: {}, value: overdue.length });
    return queue ? [...samples, ...(await ctx.db.query(selectQueueSamples))] : samples;
  } catch (error) {
    ctx.log.warn({ reason: messageOf(error) }, 'the metrics could not read the console’s database');
    return [{ name: 'slc_part_up', labels: { part: 'worker' }, value: 0 }];
  }
}

/** What `make` makes, made again when it is older than `forMs`; while it is made, every caller waits for the same. */
function kept<T>({ clock }: Pick<Context, 'clock'>, forMs: number, make: () => Promise<T>): () => Promise<T> {
  let known: { atMs: number | null; value: Promise<T> } | null = null;
  return () => {
    if (known && (known.atMs === null || clock.now() - known.atMs <= forMs)) return known.value;
    const made: { atMs: number | null; value: Promise<T> } = { atMs: null, value: make() };
    known = made;
    made.value.then(
      () => {
        made.atMs = clock.now();
      },
      () => {
        if (known === made) known = null;
      },
    );
    return made.value;
  };
}

/** What `read` answers within `waitMs`; if it takes longer, what it answered last. The first answer is waited for. */
export function lastKnown<T>(waitMs: number, read: () => Promise<T>): () => Promise<T> {
  let known: { value: T } | null = null;
  return () => {
    const answer = read().then((value) => {
      known = { value };
      return value;
    });
    if (!known) return answer;
    const { value } = known;
    const over = new AbortController();
    return firstOf([answer, patience(waitMs, over.signal).then(() => value)], over);
  };
}
