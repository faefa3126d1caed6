import { getCustomer } from '@/lib/customers/get-customer';
import { scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { addDays, dayStartMs } from '@/lib/days';
import { AppError } from '@/lib/errors';
import { formatNumber } from '@/lib/words';
import { type QuickCheck, type QuickCheckResult, QuickCheck as QuickCheckSchema } from '../model';
import { classify, type Reach } from './classify';
import type { DetectionContext } from './classify-scope';
import { detectionEngine } from './engine';
import { readScopeOf } from './read-scope';
import { isLimit, type Limits } from './session';
import { detectionColumns } from './sql/columns';

/** Where the whole table is too large to be asked at once, the other side is looked for this many days around. */
const confirmDays = 7;

/**
 * Judges one day at once, within the configured rows and seconds. Throws AppError('limit') that tells to scan instead.
 */
export async function quickCheck(ctx: DetectionContext, input: QuickCheck): Promise<QuickCheckResult> {
  const { customerId, day } = QuickCheckSchema.parse(input);
  const customer = await getCustomer(ctx, customerId);
  const { quickRowsMax, quickSecondsMax } = ctx.config.detection;
  const { classified } = await classifyDay(ctx, { customer, day, whole: true }).catch((error: unknown) => {
    if (!isLimit(error)) throw error;
    throw new AppError(
      'limit',
      `${day} is too large to be checked at once (more than ${formatNumber(quickRowsMax)} rows or ${quickSecondsMax} seconds). Start a scan of it instead.`,
      { cause: error },
    );
  });
  const [result] = classified.days;
  if (!result) throw new Error(`no result for ${day}`);
  return { day: result, provenance: classified.provenance };
}

/** How far a quick answer looks where all of the tables would be too much. */
export const quickWithin = (day: string, timeZone: string) => ({
  fromMs: dayStartMs(addDays(day, -confirmDays), timeZone),
  toMs: dayStartMs(addDays(day, confirmDays + 1), timeZone),
});

/**
 * One day within the configured seconds. `whole`: also within the configured rows, and what was seen on one side only
 * is looked for at least a week around; else the rows bound only how far that look goes, down to not at all, so that a
 * day of any size is answered. Throws AppError('limit').
 */
export async function classifyDay(
  ctx: DetectionContext,
  { customer, day, whole }: { customer: Awaited<ReturnType<typeof getCustomer>>; day: string; whole: boolean },
) {
  const { quickRowsMax, quickSecondsMax, safetyMarginMs, chunkConversations } = ctx.config.detection;
  const scope = scopeOf(customer, day, addDays(day, 1));
  const tables = await readTables(ctx, customer);
  const columns = detectionColumns(tables);
  const read = await readScopeOf(ctx, scope, { asOfMs: ctx.clock.now(), marginMs: safetyMarginMs });
  const engine = detectionEngine(ctx, customer.id);
  const limits: Limits = { timeoutSeconds: quickSecondsMax, threads: 2 };
  const narrow: Limits = { ...limits, rowsMax: quickRowsMax };
  const reaches: Reach[] = ['everywhere', quickWithin(day, customer.timeZone)];
  if (!whole) reaches.push('nowhere');
  const base = { columns, scope, read, chunkRows: chunkConversations, oneChunk: true, reaches, confirmLimits: narrow };
  const classified = await classify(engine, base, whole ? narrow : limits);
  return { classified, customer, tables, columns, scope, read, engine, limits, narrow };
}
