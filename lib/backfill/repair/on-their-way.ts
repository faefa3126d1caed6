import type { CustomerTables } from '@/lib/customers/model';
import { poll } from '@/lib/poll';
import { count } from '@/lib/words';
import { countOnTheirWay, tableParams } from '../plan/sql/system';
import { isWorking } from '../state/name-model';
import { noteStep } from '../state/sql/steps';
import { states } from '../state/states';
import type { Drive } from './steps/drive';

const mostMs = 5_000;
const longestMs = 10 * 60_000;

/**
 * What `look` finds once it holds, or once nothing was on its way before it looked. Inserts that a Distributed table has
 * not sent yet, and parts that a replica still fetches, are waited for, for ten minutes at most. `late` says what was
 * still on its way after that.
 */
export async function onceArrived<Found extends { holds: boolean }>(
  drive: Drive,
  tables: CustomerTables,
  look: () => Promise<Found>,
): Promise<Found & { late: string | null }> {
  const { ctx, row, signal } = drive;
  const step = isWorking(row.state.status) ? states[row.state.status].step : 'verify';
  const untilMs = performance.now() + longestMs;
  return poll({ mostMs, signal }, async () => {
    const isLate = performance.now() >= untilMs;
    const what = await onTheirWay(drive, tables);
    const found = await look();
    if (found.holds || what === null) return { ...found, late: null };
    if (isLate) return { ...found, late: `After ten minutes labels are still on their way: ${what}.` };
    const sentence = `Waiting for labels that are on their way: ${what}.`;
    await ctx.db.query(noteStep, { itemId: row.itemId, attempt: row.state.attempt, step, sentence, numbers: '{}' });
    return null;
  });
}

async function onTheirWay({ ctx }: Drive, tables: CustomerTables): Promise<string | null> {
  const { files, parts } = await ctx.clickhouse.readOne(countOnTheirWay, {
    params: { ...tableParams(tables.labels.local), distributed: tables.labels.distributed.table },
    identifiers: { cluster: tables.readCluster },
  });
  const what = [
    files > 0 ? `${count(files, 'file')} that the Distributed table has not sent yet` : '',
    parts > 0 ? `${count(parts, 'part')} that a replica has not fetched yet` : '',
  ].filter((each) => each !== '');
  return what.length === 0 ? null : what.join(', ');
}
