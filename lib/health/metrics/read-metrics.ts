import { release } from '@/lib/config';
import type { Context } from '@/lib/context';
import { messageOf } from '@/lib/errors';
import { instruments, measureProcess } from '@/lib/metrics';
import type { HealthPart } from '../model';
import { readEngineParts, readOtherParts } from '../read-health';
import { queueExists } from '../sql';
import { type Sample, setGauges } from './gauges';
import { selectQueueSamples, selectSamples } from './sql';

/** What was computed is used again while it is this young, so that scrapers and their retries share it. */
const keptMs = 5_000;
/** The looks that open connections or ask the platform of Jobs are used for longer. */
const otherPartsKeptMs = 60_000;

type Kept<T> = { atMs: number; value: Promise<T> };
type Shared = { text?: Kept<string>; others?: Kept<HealthPart[]> };
// NOTE: the route and the port are separate bundles, but share one context.
const shared = globalThis as typeof globalThis & { slcMetricsKept?: WeakMap<Context, Shared> };

export type Metrics = { text: string; contentType: string };

/**
 * The metrics of the pages' process in Prometheus' text format, at most five seconds old, and their content type. Callers
 * at the same time share one computation. It asks Postgres two statements and ClickHouse one, over connections that are
 * open. It throws nothing: what could not be asked is a part that is down, and has no other series.
 */
export async function readMetrics(ctx: Context): Promise<Metrics> {
  shared.slcMetricsKept ??= new WeakMap();
  const of = shared.slcMetricsKept.get(ctx) ?? {};
  shared.slcMetricsKept.set(ctx, of);
  const text = await kept(of, 'text', { ctx, forMs: keptMs }, () => compute(ctx, of));
  return { text, contentType: instruments.registry.contentType };
}

/** What this process counts by itself, such as a worker. */
export async function readOwnMetrics(process: 'web' | 'worker'): Promise<Metrics> {
  const { registry, build } = instruments;
  measureProcess(process);
  build.set(release, 1);
  return { text: await registry.metrics(), contentType: registry.contentType };
}

async function compute(ctx: Context, of: Shared): Promise<string> {
  const [samples, engines, others] = await Promise.all([
    samplesOf(ctx),
    readEngineParts(ctx),
    kept(of, 'others', { ctx, forMs: otherPartsKeptMs }, () => readOtherParts(ctx)),
  ]);
  setGauges([...samples, ...[...engines, ...others].map(partSample)]);
  return (await readOwnMetrics('web')).text;
}

const values = { ok: 1, warning: 0.5, failed: 0 } as const;
const partSample = ({ name, status }: HealthPart): Sample => ({
  name: 'slc_part_up',
  labels: { part: name },
  value: values[status],
});

async function samplesOf(ctx: Context): Promise<Sample[]> {
  const { scanEveryMs } = ctx.config.detection;
  // Nothing is overdue where scans are only asked for by people.
  const overdueSeconds = scanEveryMs === 0 ? 1e12 : (2 * scanEveryMs) / 1_000;
  try {
    const [samples, [queue]] = await Promise.all([
      ctx.db.query(selectSamples, { overdueSeconds }),
      ctx.db.query(queueExists),
    ]);
    return queue ? [...samples, ...(await ctx.db.query(selectQueueSamples))] : samples;
  } catch (error) {
    ctx.log.warn({ reason: messageOf(error) }, 'the metrics could not read the console’s database');
    return [{ name: 'slc_part_up', labels: { part: 'worker' }, value: 0 }];
  }
}

/** The value under `key`, computed again when it is older than `forMs`; one that is under way is shared. */
function kept<Key extends keyof Shared, T>(
  into: { [K in Key]?: Kept<T> },
  key: Key,
  { ctx, forMs }: { ctx: Pick<Context, 'clock'>; forMs: number },
  make: () => Promise<T>,
): Promise<T> {
  const known = into[key];
  if (known && ctx.clock.now() - known.atMs <= forMs) return known.value;
  const made: Kept<T> = { atMs: Number.POSITIVE_INFINITY, value: make() };
  into[key] = made;
  made.value.then(
    () => {
      made.atMs = ctx.clock.now();
    },
    () => {
      if (into[key] === made) delete into[key];
    },
  );
  return made.value;
}
