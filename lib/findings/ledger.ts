import type { Context } from '@/lib/context';
import { sharesKeptMost } from '@/lib/detection/shares-model';
import { csvOf } from '@/lib/export/csv';
import { findingsRevision } from './list-findings';
import { type Ledger, LedgerQuery, type LedgerRow } from './model';
import { selectLedger, selectLedgerMonths } from './sql/ledger';

const nothing: LedgerRow = {
  findings: 0,
  days: 0,
  open: 0,
  resolvedByItself: 0,
  timesFallenBack: 0,
  detected: 0,
  detectMedianMs: null,
  detectWorstMs: null,
  repaired: 0,
  repairMedianMs: null,
  repairWorstMs: null,
  agentDaysWrong: 0,
  agentDaysAtLeast: false,
  wrongMs: 0,
};

/** The findings that were first seen in a month, by customer and in all: how fast they were seen and repaired. */
export async function ledger(
  { db, clock, config }: Pick<Context, 'db' | 'clock' | 'config'>,
  input: LedgerQuery,
): Promise<Ledger> {
  const { month, customerId } = LedgerQuery.parse(input);
  const [rows, months] = await Promise.all([
    db.query(selectLedger, {
      month,
      customerId: customerId ?? null,
      now: new Date(clock.now()),
      agentsMost: sharesKeptMost - 1,
    }),
    db.query(selectLedgerMonths),
  ]);
  const total = rows.find((row) => row.customerId === null);
  const { customerId: _, displayName: __, ...sums } = total ?? { ...nothing, customerId: null, displayName: null };
  const customers = rows.flatMap(({ customerId: id, displayName, ...row }) =>
    id === null || displayName === null ? [] : [{ customerId: id, displayName, ...row }],
  );
  const isWhole = Date.parse(`${month}-01T00:00:00Z`) >= clock.now() - config.retention.history * 24 * hourMs;
  return { month, months, isWhole, total: sums, customers };
}

const hourMs = 3_600_000;

/** Moves with every change of a finding, and every hour, since findings that are open are wrong for longer. */
export const ledgerRevision = async (ctx: Pick<Context, 'db' | 'clock'>): Promise<string> =>
  `${await findingsRevision(ctx)}.${Math.floor(ctx.clock.now() / hourMs)}`;

const columns = {
  findings: (row) => row.findings,
  days: (row) => row.days,
  open: (row) => row.open,
  resolved_by_itself: (row) => row.resolvedByItself,
  times_fallen_back: (row) => row.timesFallenBack,
  detected: (row) => row.detected,
  seconds_to_detect_median: (row) => seconds(row.detectMedianMs),
  seconds_to_detect_worst: (row) => seconds(row.detectWorstMs),
  repaired: (row) => row.repaired,
  seconds_to_repair_median: (row) => seconds(row.repairMedianMs),
  seconds_to_repair_worst: (row) => seconds(row.repairWorstMs),
  agent_days_wrong: (row) => row.agentDaysWrong,
  agent_days_at_least: (row) => (row.agentDaysAtLeast ? 'yes' : 'no'),
  hours_wrong: (row) => (row.wrongMs / hourMs).toFixed(2),
} satisfies Record<string, (row: LedgerRow) => number | string | null>;
const seconds = (ms: number | null) => (ms === null ? null : Math.round(ms / 1000));

/** The customers of a ledger as CSV with a header, safe for spreadsheets. What is not known is empty. */
export const ledgerCsv = ({ month, isWhole, customers }: Pick<Ledger, 'month' | 'isWhole' | 'customers'>): string =>
  csvOf(
    ['month', 'whole_month', 'customer', 'name', ...Object.keys(columns)],
    customers.map((row) => [
      month,
      isWhole ? 'yes' : 'no',
      row.customerId,
      row.displayName,
      ...Object.values(columns).map((read) => read(row)?.toString() ?? null),
    ]),
  );
