import { readdirSync, readFileSync } from 'node:fs';

/** A process that no later one with the same pid can be mistaken for. */
export type ProcessId = { pid: number; startTicks: string; bootId: string };

/**
 * NOTE: reads Linux's /proc, the one place where a process's start and environment can be read without a helper.
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

/** The fields of /proc/<pid>/stat after the name, which may itself hold spaces and brackets. Zombies are gone. */
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

/** Every living process whose environment was started with `marker` ("NAME=value"): a Job's tree, wherever it went. */
export function processesWith(marker: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => read(`/proc/${entry}/environ`)?.split('\0').includes(marker))
    .map(Number)
    .filter((pid) => living(pid) !== null);
}

/** Sends a signal; a process that is gone already is no error. */
export function signal(pids: number[], name: 'SIGTERM' | 'SIGKILL'): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
