import { readdirSync, readFileSync } from 'node:fs';

/** Identifies a process, so that it is not mistaken for a later one with the same pid. */
export type ProcessId = { pid: number; startTicks: string; bootId: string };

/**
 * NOTE: it reads Linux's /proc, since nothing else shows the start and environment of a process without a helper
 * program.
 */
const read = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

let boot: string | null = null;
const bootId = () => {
  boot ??= read('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  return boot;
};

/** The fields of /proc/<pid>/stat after the name, which may itself hold spaces and brackets. Null for zombies. */
function living(pid: number): { startTicks: string } | null {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const startTicks = fields[19];
  return state === 'Z' || state === 'X' || startTicks === undefined ? null : { startTicks };
}

export function identify(pid: number): ProcessId | null {
  const process = living(pid);
  return process && { pid, startTicks: process.startTicks, bootId: bootId() };
}

export function isAlive(id: ProcessId): boolean {
  return id.bootId === bootId() && living(id.pid)?.startTicks === id.startTicks;
}

/** Every living process that was started with `marker` ("NAME=value") in its environment, such as all of a Job. */
export function processesWith(marker: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => read(`/proc/${entry}/environ`)?.split('\0').includes(marker))
    .map(Number)
    .filter((pid) => living(pid) !== null);
}

/** Sends a signal. It is no error if a process is gone already. */
export function signal(pids: number[], name: 'SIGTERM' | 'SIGKILL'): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
