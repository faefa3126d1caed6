import { getCustomer } from '@/lib/customers/get-customer';
import { scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { addDays, dayStartMs } from '@/lib/days';
import { AppError } from '@/lib/errors';
import { classify } from './classify';
import type { DetectionContext } from './classify-scope';
import { detectionEngine } from './engine';
import { type QuickCheck, type QuickCheckResult, QuickCheck as QuickCheckSchema } from './model';
import { readScopeOf } from './read-scope';
import { detectionNames } from './sql/columns';

/** Where the whole table is too large to be asked at once, the other side is looked for this many days around. */
const confirmDays = 7;

/**
 * Judges one day at once, within the configured rows and seconds. Throws AppError('limit') that tells to scan instead.
 */
export async function quickCheck(ctx: DetectionContext, input: QuickCheck): Promise<QuickCheckResult> {
  const { customerId, day } = QuickCheckSchema.parse(input);
  const customer = await getCustomer(ctx, customerId);
  const { classified } = await classifyDay(ctx, { customer, day });
  const [result] = classified.days;
  if (!result) throw new Error(`no result for ${day}`);
  return { day: result, provenance: classified.provenance };
}

/** How far a quick answer looks where all of the tables would be too much. */
export const quickWithin = (day: string, timeZone: string) => ({
  fromMs: dayStartMs(addDays(day, -confirmDays), timeZone),
  lastMs: dayStartMs(addDays(day, confirmDays + 1), timeZone) - 1,
});

/** One day within the limits of a quick answer; also what the list of a day's conversations is made from. */
export async function classifyDay(
  ctx: DetectionContext,
  { customer, day }: { customer: Awaited<ReturnType<typeof getCustomer>>; day: string },
) {
  const { quickRowsMax, quickSecondsMax, safetyMarginMs, chunkConversations } = ctx.config.detection;
  const scope = scopeOf(customer, day, addDays(day, 1));
  const tables = await readTables(ctx, customer);
  const names = detectionNames(tables);
  const read = await readScopeOf(ctx, scope, { asOfMs: ctx.clock.now(), marginMs: safetyMarginMs });
  const engine = detectionEngine(ctx, customer.id);
  const limits = { rowsMax: quickRowsMax, timeoutSeconds: quickSecondsMax, threads: 2 };
  const within = quickWithin(day, customer.timeZone);
  const base = { names, scope, read, chunkRows: chunkConversations, oneChunk: true };
  try {
    const classified = await classify(engine, base, limits).catch((error) => {
      if (!isLimit(error)) throw error;
      return classify(engine, { ...base, within }, limits);
    });
    return { classified, customer, tables, names, scope, read, engine, limits };
  } catch (error) {
    if (!isLimit(error)) throw error;
    throw new AppError(
      'limit',
      `${day} is too large to be checked at once (more than ${quickRowsMax.toLocaleString('en')} rows or ${quickSecondsMax} seconds). Start a scan of it instead.`,
      { cause: error },
    );
  }
}

export const isLimit = (error: unknown): boolean => error instanceof AppError && error.code === 'limit';
