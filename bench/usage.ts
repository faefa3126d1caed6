import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '@/lib/context';
import { familyOf } from './faults/processes';

/** Statements and transactions since the engines started, and milliseconds of CPU of each part, its Jobs apart. */
export type Usage = { statements: number; transactions: number; cpuMs: Record<string, number> };

/** One tick of /proc/<pid>/stat: Linux has shown a hundred a second for as long as it has had that file. */
const tickMs = 10;

/** CPU of a process, and of its children that have ended, in milliseconds. */
function cpuOf(pid: number): { own: number; ended: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = (at: number) => Number(fields[at]) * tickMs;
  return { own: ticks(11) + ticks(12), ended: ticks(13) + ticks(14) };
}

/** What a running embedded console has used so far. Jobs are the worker's children that have ended. */
export async function usageOf(ctx: Pick<Context, 'clickhouse' | 'db' | 'config'>): Promise<Usage> {
  const events = await ctx.clickhouse.client.query({
    query: `SELECT value FROM system.events WHERE event = 'Query'`,
    format: 'JSON',
  });
  const { data } = (await events.json()) as { data: { value: string }[] };
  const { rows } = await ctx.db.pool.query(
    'SELECT xact_commit + xact_rollback AS transactions FROM pg_stat_database WHERE datname = current_database()',
  );
  const { children } = JSON.parse(readFileSync(join(ctx.config.dataDir, 'processes.json'), 'utf8')) as {
    children: { name: string; pid: number }[];
  };
  const cpuMs: Record<string, number> = {};
  for (const { name, pid } of children) {
    if (name === 'worker') cpuMs.jobs = cpuOf(pid).ended;
    const pids = name === 'worker' ? [pid] : familyOf(pid);
    cpuMs[name] = pids.reduce((sum, each) => sum + cpuOf(each).own, 0) + (name === 'postgres' ? cpuOf(pid).ended : 0);
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
