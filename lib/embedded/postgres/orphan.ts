import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { poll } from '@/lib/poll';

const fastStopMs = 10_000;

/** What Postgres writes about itself into its data folder; null where none runs or ran. */
export function readPostmaster(data: string): { pid: number; port: number; ready: boolean } | null {
  const path = join(data, 'postmaster.pid');
  if (!existsSync(path)) return null;
  const lines = readFileSync(path, 'utf8').split('\n');
  const pid = Number(lines[0]);
  return pid > 0 ? { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' } : null;
}

/**
 * Stops the Postgres that a killed supervisor left behind in `data`. Returns its pid, or null when none ran. A
 * recycled pid is never touched: the process must be working in this very folder.
 */
export async function stopOrphan(data: string): Promise<number | null> {
  const found = readPostmaster(data);
  if (!found || !worksIn(found.pid, data)) return null;
  await stopPostmaster(found.pid);
  return found.pid;
}

/** Fast shutdown (sessions are ended, data is written out); an immediate one, which recovers later, if that hangs. */
export async function stopPostmaster(pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!send(pid, signal)) return;
    if (await poll({ firstMs: 20, withinMs: fastStopMs }, () => (send(pid, 0) ? null : true))) return;
  }
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

function worksIn(pid: number, data: string): boolean {
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data);
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(data);
  } catch {
    return false;
  }
}
