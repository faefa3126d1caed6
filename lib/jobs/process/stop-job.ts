import { every, poll } from '@/lib/poll';
import { isAlive, signal } from '@/lib/processes';
import { type JobFolder, jobsDirOf, listFolders } from './folder';
import { endProcesses, recordMs } from './run-job';

const lookEveryMs = 50;

/**
 * Ends a Job and returns when none of it runs: SIGTERM, after `graceMs` SIGKILL. The wrapper does and records it; if
 * the wrapper is gone or frozen, the caller does. A Job that has not started yet can then not start any more.
 */
export async function stopJob(folder: JobFolder, graceMs: number): Promise<void> {
  if (!(await folder.readSpec())) return;
  const nobody = { pid: 0, startTicks: '', bootId: '', startedAt: Date.now() };
  const claim = (await folder.claim(nobody)) ? nobody : await folder.readClaim();
  if (claim && claim.pid !== 0 && !(await folder.readExit()) && isAlive(claim)) {
    signal([claim.pid], 'SIGTERM');
    const withinMs = graceMs + recordMs;
    await poll({ ...every(lookEveryMs), withinMs }, () => (isAlive(claim) ? null : true));
  }
  await endProcesses(folder, (await folder.readExit()) || (claim && isAlive(claim)) ? 0 : graceMs);
  await folder.end({ reason: 'stopped', exitCode: null, signal: null, endedAt: Date.now() });
}

/**
 * Called before the engines of a data folder stop: lets its running Jobs end within `graceMs`, then stops them. Returns
 * when none runs. Jobs that were accepted but not started are left, and start with the next worker.
 */
export async function stopJobs(dataDir: string, graceMs: number): Promise<void> {
  const until = Date.now() + graceMs;
  await poll(every(lookEveryMs), async () => {
    const running = await runningJobs(dataDir);
    if (Date.now() >= until) await Promise.all(running.map((folder) => stopJob(folder, graceMs)));
    return running.length === 0 ? true : null;
  });
}

async function runningJobs(dataDir: string): Promise<JobFolder[]> {
  const folders = await listFolders(jobsDirOf(dataDir));
  const running = await Promise.all(
    folders.map(async (folder) => (await folder.readClaim()) !== null && (await folder.readExit()) === null),
  );
  return folders.filter((_, at) => running[at]);
}
