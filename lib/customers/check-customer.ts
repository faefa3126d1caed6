import { lookAtWay } from '@/lib/clickhouse/way';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { constraintFault } from './constraint-fault';
import { getCustomer } from './get-customer';
import { type Customer, type CustomerCheck, type CustomerTables, endBounds } from './model';
import { oddEndSentences } from './odd-ends';
import { readTables } from './read-tables';
import { selectProfiles } from './sql/data';
import { selectOddEnds } from './sql/odd-ends';
import { timeZoneOf, unknownZone } from './time-zone';
import { unstoredColumn } from './unstored-column';

const secondsMax = 20;

/**
 * Compares a customer's registry row with what ClickHouse has: the tables and their columns, and the profiles in the
 * data. What could not be read is `unknown`. Throws AppError('not_found') for an id that is not registered.
 */
export async function checkCustomer(ctx: Context, id: string): Promise<CustomerCheck> {
  const customer = await getCustomer(ctx, id);
  try {
    const way = await lookAtWay(ctx.clickhouse);
    if (way.verdict === 'failed') return [{ id: 'way', verdict: 'fail', sentence: way.sentence }];
    const timeZone = await timeZoneOf(ctx, customer.timeZone);
    if (timeZone !== customer.timeZone) return [zoneFault(customer, timeZone)];
    const tables = await readTables(ctx, customer);
    const key = tables.labels.keyText;
    const sample = { customerId: customer.id, fromMs: 0, toMs: ctx.clock.now(), rowsMax: 1_000 };
    const fault = (await unstoredColumn(ctx, tables)) ?? (await constraintFault(ctx, { tables, ...sample }));
    if (fault) return [{ id: 'tables', verdict: 'fail', sentence: fault }];
    return [
      { id: 'way', verdict: 'pass', sentence: way.sentence },
      {
        id: 'tables',
        verdict: 'pass',
        sentence: `Truth and labels are in ${customer.database}, with every column needed. The label key is ${key}.`,
      },
      ...(await checkProfiles(ctx, customer, tables)),
      ...(await checkEnds(ctx, customer, tables)),
    ];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [{ id: 'tables', verdict: error.code === 'unavailable' ? 'unknown' : 'fail', sentence: error.message }];
  }
}

const zoneFault = ({ timeZone }: Customer, spelled: string | null): CustomerCheck[number] => ({
  id: 'time-zone',
  verdict: 'fail',
  sentence:
    spelled === null
      ? unknownZone(timeZone)
      : `ClickHouse spells the time zone “${timeZone}” as “${spelled}” and accepts no other spelling. Correct it in the registry.`,
});

async function checkProfiles(ctx: Context, customer: Customer, tables: CustomerTables): Promise<CustomerCheck> {
  const identifiers = { truth: tables.truth.distributed, labels: tables.labels.distributed };
  const params = { customer: customer.id };
  const found = await ctx.clickhouse
    .read(selectProfiles, { params, identifiers, timeoutSeconds: secondsMax })
    .then((ran) => ran.rows)
    .catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'limit') return null;
      throw error;
    });
  if (found === null)
    return [
      {
        id: 'profiles',
        verdict: 'unknown',
        sentence: `The profiles in the data could not be counted within ${secondsMax} seconds.`,
      },
    ];
  const unregistered = found.map((row) => row.profileId).filter((profile) => !customer.profiles.includes(profile));
  const empty = customer.profiles.filter((profile) => !found.some((row) => row.profileId === profile));
  const rows = found.reduce((sum, row) => sum + row.truthRows, 0);
  const checks: CustomerCheck = [];
  if (unregistered.length > 0)
    checks.push({
      id: 'profiles',
      verdict: 'fail',
      sentence: `The data has profiles that are not registered: ${unregistered.map((profile) => profile || '(empty)').join(', ')}.`,
    });
  else checks.push({ id: 'profiles', verdict: 'pass', sentence: 'Every profile in the data is registered.' });
  if (empty.length > 0)
    checks.push({ id: 'data', verdict: 'unknown', sentence: `No data was found for: ${empty.join(', ')}.` });
  else checks.push({ id: 'data', verdict: 'pass', sentence: `${rows} rows of truth were found.` });
  return checks;
}

/** Names ends that may have a special meaning. Only a person knows whether they do. */
async function checkEnds(ctx: Context, customer: Customer, tables: CustomerTables): Promise<CustomerCheck> {
  const params = { customer: customer.id, fromMs: 0, toMs: endBounds.toMs };
  const read = ctx.clickhouse.read(selectOddEnds, { params, identifiers: tables, timeoutSeconds: secondsMax });
  const found = await read.catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'limit') return null;
    throw error;
  });
  if (found === null)
    return [{ id: 'ends', verdict: 'unknown', sentence: `The ends could not be read within ${secondsMax} seconds.` }];
  const sentences = oddEndSentences(found.rows);
  if (sentences.length === 0) return [{ id: 'ends', verdict: 'pass', sentence: 'No conversation has an odd end.' }];
  return [
    { id: 'ends', verdict: 'unknown', sentence: `${sentences.join(' ')} Check whether that is what these ends mean.` },
  ];
}
