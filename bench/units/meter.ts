import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClickHouse } from '@/lib/clickhouse/client';
import { every, poll } from '@/lib/poll';

/** The processes of a running console, by their names in its data folder; the engine's with its own child. */
export function processesOf(dataDir: string): Record<'clickhouse' | 'worker' | 'web', number[]> {
  const { children } = JSON.parse(readFileSync(join(dataDir, 'processes.json'), 'utf8')) as {
    children: { name: string; pid: number }[];
  };
  const of = (name: string) =>
    children.filter((child) => child.name === name).flatMap(({ pid }) => [pid, ...under(pid)]);
  return { clickhouse: of('clickhouse'), worker: of('worker'), web: of('web') };
}

const fieldsOf = (pid: number): string[] => {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
};

function under(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return Number(fieldsOf(pid)[1]) === parent;
      } catch {
        return false;
      }
    });
}

/** User and system time in seconds; the kernel counts in 10 ms. */
const cpuSeconds = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + (Number(fieldsOf(pid)[11]) + Number(fieldsOf(pid)[12])) / 100, 0);

export const residentMb = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return sum + Number(kb) / 1024;
  }, 0);

/** What work cost: engine and worker apart, memory as its highest while it ran. Rows and bytes are ClickHouse's. */
export type Cost = {
  seconds: number;
  engineCpuSeconds: number;
  statements: number;
  rowsRead: number;
  rowsMutated: number;
  bytesMutated: number;
  rowsMerged: number;
  engineMb: number;
  workerMb: number;
  webMb: number;
};

const events = ['Query', 'SelectedRows', 'MutatedRows', 'MutatedUncompressedBytes', 'MergedRows'] as const;

async function countersOf(admin: ClickHouse): Promise<Record<(typeof events)[number], number>> {
  const answer = await admin.client.query({
    query: `SELECT event, toString(value) AS value FROM system.events WHERE event IN ('${events.join("', '")}')`,
    format: 'JSONEachRow',
  });
  const rows = await answer.json<{ event: string; value: string }>();
  const found = new Map(rows.map((row) => [row.event, Number(row.value)]));
  return Object.fromEntries(events.map((event) => [event, found.get(event) ?? 0])) as never;
}

/** Runs `work` and says what it cost. Nothing else may use the engine meanwhile. */
export async function measured<T>(
  { admin, dataDir }: { admin: ClickHouse; dataDir: string },
  work: () => Promise<T>,
): Promise<Cost & { result: T }> {
  const pids = processesOf(dataDir);
  const [counters, cpu, startedAt] = [await countersOf(admin), cpuSeconds(pids.clickhouse), performance.now()];
  const peak = { engineMb: 0, workerMb: 0, webMb: 0 };
  const look = () => {
    peak.engineMb = Math.max(peak.engineMb, residentMb(pids.clickhouse));
    peak.workerMb = Math.max(peak.workerMb, residentMb(pids.worker));
    peak.webMb = Math.max(peak.webMb, residentMb(pids.web));
  };
  look();
  const looking = setInterval(look, 50);
  try {
    const result = await work();
    const seconds = (performance.now() - startedAt) / 1_000;
    const engineCpuSeconds = cpuSeconds(pids.clickhouse) - cpu;
    const after = await countersOf(admin);
    const grown = (event: (typeof events)[number]) => after[event] - counters[event];
    return {
      result,
      seconds,
      engineCpuSeconds,
      statements: grown('Query'),
      rowsRead: grown('SelectedRows'),
      rowsMutated: grown('MutatedRows'),
      bytesMutated: grown('MutatedUncompressedBytes'),
      rowsMerged: grown('MergedRows'),
      ...peak,
    };
  } finally {
    clearInterval(looking);
  }
}

/** Waits until the engine gave back what making the data took: for a while its memory does not become less. */
export async function settled({ dataDir }: { dataDir: string }): Promise<void> {
  const { clickhouse } = processesOf(dataDir);
  let least = Number.POSITIVE_INFINITY;
  let since = performance.now();
  await poll({ ...every(500), withinMs: 120_000 }, () => {
    const now = residentMb(clickhouse);
    if (now < least - 20) since = performance.now();
    least = Math.min(least, now);
    return performance.now() - since > 10_000 ? true : null;
  });
}
