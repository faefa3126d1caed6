import { getCustomer } from '@/lib/customers/get-customer';
import type { Customer } from '@/lib/customers/model';
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

/** Where all of the tables are too large, the other side is looked for within this many days before and after. */
const confirmDays = 7;

/**
 * Judges one day at once, within the configured rows and seconds. Above these it throws AppError('limit'), whose
 * sentence says to scan the day instead.
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

/** The bounds of such a look. */
export const quickWithin = (day: string, timeZone: string) => ({
  fromMs: dayStartMs(addDays(day, -confirmDays), timeZone),
  toMs: dayStartMs(addDays(day, confirmDays + 1), timeZone),
});

/**
 * Judges one day within the configured seconds. With `whole` it stays within the configured rows too, and looks at least
 * a week around the day for what was seen on one side only. Without `whole` the rows bound only that look, which may be
 * left out, so that a day of any size is answered. Throws AppError('limit').
 */
export async function classifyDay(
  ctx: DetectionContext,
  { customer, day, whole }: { customer: Customer; day: string; whole: boolean },
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
