import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stopOrphan } from '@/lib/embedded/postgres/orphan';
import { every, poll } from '@/lib/poll';
import { processesWith } from '@/lib/processes';

/** A variable in the environment of every process of a bench except Postgres and the bench itself. */
export const markerOf = (dataDir: string) => `SLC_DATA_DIR=${dataDir}`;

/** Sends a signal. It is no error if the process is gone. */
export function send(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** The arguments of a process; empty if it is gone. */
export const argumentsOf = (pid: number): string[] => read(`/proc/${pid}/cmdline`).split('\0');

/** A process and all its descendants. */
export function familyOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const stat = read(`/proc/${entry}/stat`);
    parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const family = [pid];
  for (const parent of family)
    for (const [child, its] of parents) if (its === parent && !family.includes(child)) family.push(child);
  return family;
}

/** Ends every process of a data folder, frozen or not, and returns when there are none. */
export async function endAll(dataDir: string): Promise<void> {
  await poll(every(50), () => {
    const left = [dataDir, join(dataDir, 'gates')]
      .flatMap((folder) => processesWith(markerOf(folder)))
      .filter((pid) => pid !== process.pid);
    send(left, 'SIGKILL');
    return left.length === 0 ? true : null;
  });
  const data = join(dataDir, 'postgres', 'data');
  const postmaster = Number(read(join(data, 'postmaster.pid')).split('\n')[0]);
  if (postmaster > 0 && argumentsOf(postmaster).includes(data)) send(familyOf(postmaster), 'SIGCONT');
  await stopOrphan(data);
}
