import { constants } from 'node:os';
import { isAlive, processesWith } from '@/lib/processes';
import type { JobSpec, JobStatus } from '../model';
import { JobFolder } from './folder';
import type { Claim, Exit } from './record';
import { endProcesses, recordMs } from './run-job';

const unknownStatus = (name: string): JobStatus => ({
  name,
  state: 'unknown',
  sentence: 'There is no trace of this Job here.',
  exitCode: null,
  startedAt: null,
  endedAt: null,
});

/** Whether any process of the Job is alive, with or without its wrapper. */
const runs = (folder: JobFolder): boolean => processesWith(`${folder.marker.name}=${folder.marker.value}`).length > 0;

/**
 * The status from the folder and the processes. A Job whose wrapper died is `running` as long as a process of it lives,
 * since that may still change data; after that it is recorded as lost. Its deadline is enforced without a wrapper too:
 * what lives past the deadline and the wrapper's time to act (`graceMs` and more) is ended here.
 */
export async function statusOf(jobsDir: string, name: string, graceMs: number): Promise<JobStatus> {
  const folder = new JobFolder(jobsDir, name);
  const spec = await folder.readSpec();
  if (!spec) return unknownStatus(name);
  const claim = await folder.readClaim();
  const base = { name, startedAt: claim && claim.pid !== 0 ? claim.startedAt : null };
  if (!claim) {
    return { ...base, state: 'pending', sentence: 'Accepted, not started yet.', exitCode: null, endedAt: null };
  }
  let exit = await folder.readExit();
  const overdueFrom = claim.startedAt + spec.deadlineSeconds * 1000 + graceMs + recordMs;
  if (!exit && Date.now() > overdueFrom && (isAlive(claim) || runs(folder))) {
    await endProcesses(folder, graceMs);
    await folder.end({ reason: 'deadline', exitCode: null, signal: null, endedAt: Date.now() });
    exit = await folder.readExit();
  }
  if (!exit && isAlive(claim)) {
    return { ...base, state: 'running', sentence: 'Running.', exitCode: null, endedAt: null };
  }
  if (!exit && runs(folder)) {
    const sentence = 'Running, but its wrapper process was killed.';
    return { ...base, state: 'running', sentence, exitCode: null, endedAt: null };
  }
  // NOTE: `end` does not replace a record that the wrapper wrote in the meantime.
  if (!exit) await folder.end({ reason: 'lost', exitCode: null, signal: null, endedAt: Date.now() });
  exit = await folder.readExit();
  if (!exit) throw new Error(`${folder.path} lost its end`);
  return { ...base, ...endOf(exit, claim, spec), endedAt: exit.endedAt };
}

function endOf(exit: Exit, claim: Claim, spec: JobSpec): Pick<JobStatus, 'state' | 'sentence' | 'exitCode'> {
  const signalNumber = exit.signal ? constants.signals[exit.signal as NodeJS.Signals] : undefined;
  const exitCode = exit.exitCode ?? (signalNumber === undefined ? null : 128 + signalNumber);
  const after = `after ${((exit.endedAt - claim.startedAt) / 1000).toFixed(1)} s`;
  if (exit.reason === 'exited' && exit.exitCode === 0) {
    return { state: 'succeeded', sentence: `Ended well ${after}.`, exitCode };
  }
  const sentences: Record<Exit['reason'], string> = {
    exited: exit.signal ? `Was killed by ${exit.signal} ${after}.` : `Failed with exit code ${exit.exitCode} ${after}.`,
    deadline: `Was ended at its deadline of ${spec.deadlineSeconds} s.`,
    stopped: claim.pid === 0 ? 'Was stopped before it started.' : `Was stopped ${after}.`,
    lost: 'Was killed, or the machine restarted: it left no exit code.',
    notStarted: 'Its command could not be started. The log says why.',
  };
  return { state: 'failed', sentence: sentences[exit.reason], exitCode };
}
