import { randomUUID } from 'node:crypto';
import { auditScan } from '@/lib/detection/changes/audit-scan';
import { eachFlag } from '@/lib/detection/flags';
import type { DayResult } from '@/lib/detection/model';
import { sumCounts } from '@/lib/detection/sum-model';
import { recordDays } from '@/lib/findings/history/record-days';
import { lockHistory } from '@/lib/findings/history/sql/looks';
import type { TestContext } from './context';

/** What a scan found on a day with `stale` conversations of 100 that name another agent, of one agent. */
export const looked = (day: string, asOfMs: number, stale: number, more: Partial<DayResult> = {}): DayResult => ({
  ...sumCounts([]),
  conversations: 100,
  affected: stale,
  stale,
  flags: { ...eachFlag(() => 0), wrongAgent: stale },
  day,
  asOfMs,
  atLeast: false,
  byAgent: stale > 0 ? [{ key: 'a', affected: stale, stale, duplicates: 0 }] : [],
  byUseCase: [],
  ...more,
});

/** Records looks as the end of a scan does, at the instant of the first. */
export const recordLooks = (
  ctx: TestContext,
  customerId: string,
  days: DayResult[],
  truthChanges?: ReadonlyMap<string, number>,
) =>
  ctx.db.transaction((tx) =>
    recordDays(tx, {
      scanId: '11111111-1111-4111-8111-111111111111',
      customerId,
      days,
      atMs: days[0]?.asOfMs ?? 0,
      truthChanges,
    }),
  );

/** Compares days with what is recorded of them and records them, as the end of a full scan of a night does. */
export const audited = (
  ctx: TestContext,
  customerId: string,
  found: DayResult[],
  atMs: number,
  range = { fromDay: '2000-01-01', toDay: '2100-01-01' },
) =>
  ctx.db.transaction(async (tx) => {
    await tx.query(lockHistory);
    const scanId = randomUUID();
    const look = { atMs, ...noLook, ...range };
    const comparable = { days: found.map(({ day }) => day), left: new Map(), doubts: new Map() };
    await auditScan(ctx, tx, { scan: { id: scanId, customerId }, look, comparable, found });
    await recordDays(tx, { scanId, customerId, days: found, atMs });
  });

const noTable = { database: '', table: '' };
const noLook = {
  ...{ fromDay: '', toDay: '', rules: '', marks: [], digests: [], parts: [], during: [], audited: [], marked: 0 },
  tables: { cluster: null, truth: noTable, labels: noTable, all: [] },
};
