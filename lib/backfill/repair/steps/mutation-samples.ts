import type { CustomerTables } from '@/lib/customers/model';
import { bytesToDo } from '@/lib/label-store/bytes-to-do';
import { unitTagText } from '@/lib/label-store/model';
import { withSample } from '../../state/samples-model';
import { noteSamples, selectSamples } from '../../state/sql/steps';
import type { Drive } from './drive';

/** Most mutations are over before this, and nobody asks for their time left. */
const firstAfterMs = 300;
const everyMs = 1_000;
/** Of its time, the worker spends at most a twentieth on samples. */
const costFactor = 20;

/**
 * What is called while the mutations of a unit run: it writes down how many bytes they have to do, at most once a second.
 * A replacement of the worker goes on with its samples. It never fails: without samples there is no percent.
 */
export function mutationSampler({ ctx, row }: Drive, tables: CustomerTables): () => Promise<void> {
  const step = { itemId: row.itemId, attempt: row.state.attempt, step: 'mutation' };
  let nextAtMs = performance.now() + firstAfterMs;
  return async () => {
    const startedAtMs = performance.now();
    if (startedAtMs < nextAtMs) return;
    try {
      const hosts = await bytesToDo(ctx, { scope: row.scope, tables, tag: unitTagText(row) });
      const [kept] = await ctx.db.query(selectSamples, step);
      const samples = withSample(kept ?? [], { atMs: ctx.clock.now(), hosts });
      await ctx.db.query(noteSamples, { ...step, samples: JSON.stringify(samples) });
    } catch (error) {
      ctx.log.warn({ err: error, unit: row.unit }, 'the bytes that a mutation has to do were not read');
    }
    const tookMs = performance.now() - startedAtMs;
    nextAtMs = performance.now() + Math.max(everyMs, costFactor * tookMs);
  };
}
