import { readFileSync } from 'node:fs';
import type { ClickHouse } from '@/lib/clickhouse/client';
import type { Postgres } from '@/lib/postgres/client';
import { familyOf } from './faults/processes';

/** What is measured: the engines, and the pids of the parts of a console. */
export type Measured = { clickhouse: ClickHouse; db: Postgres; pids: Record<string, number[]> };

/** Statements and transactions since the engines started, and milliseconds of CPU of each part; Jobs apart. */
export type Usage = { statements: number; transactions: number; cpuMs: Record<string, number> };

/** One tick of /proc/<pid>/stat. */
const tickMs = 10;

/** CPU of a process, and of its children that have ended, in milliseconds. */
function cpuOf(pid: number): { own: number; ended: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = (at: number) => Number(fields[at]) * tickMs;
  return { own: ticks(11) + ticks(12), ended: ticks(13) + ticks(14) };
}

/** What a running console has used so far. Jobs are the children of its workers that have ended. */
export async function usageOf({ clickhouse, db, pids }: Measured): Promise<Usage> {
  const events = await clickhouse.client.query({
    query: `SELECT value FROM system.events WHERE event = 'Query'`,
    format: 'JSON',
  });
  const { data } = (await events.json()) as { data: { value: string }[] };
  const { rows } = await db.pool.query(
    'SELECT xact_commit + xact_rollback AS transactions FROM pg_stat_database WHERE datname = current_database()',
  );
  const cpuMs: Record<string, number> = {};
  const add = (part: string, ms: number) => {
    cpuMs[part] = (cpuMs[part] ?? 0) + ms;
  };
  for (const [part, its] of Object.entries(pids))
    for (const pid of its) {
      if (part === 'worker') {
        add('worker', cpuOf(pid).own);
        add('Jobs', cpuOf(pid).ended);
      } else for (const one of familyOf(pid)) add(part, cpuOf(one).own + (part === 'postgres' ? cpuOf(one).ended : 0));
    }
  return { statements: Number(data[0]?.value ?? 0), transactions: Number(rows[0]?.transactions ?? 0), cpuMs };
}

/** What was used between two looks, for each of `units`. */
export function usageEach(before: Usage, after: Usage, units: number): Usage {
  const each = (from: number, to: number) => Math.round((to - from) / Math.max(1, units));
  return {
    statements: each(before.statements, after.statements),
    transactions: each(before.transactions, after.transactions),
    cpuMs: Object.fromEntries(
      Object.entries(after.cpuMs).map(([part, ms]) => [part, each(before.cpuMs[part] ?? 0, ms)]),
    ),
  };
}

export const usageLine = ({ statements, transactions, cpuMs }: Usage): string =>
  `${statements} queries of ClickHouse, ${transactions} transactions of Postgres, CPU ms: ${Object.entries(cpuMs)
    .map(([part, ms]) => `${part} ${ms}`)
    .join(', ')}`;
