import { spawn } from 'node:child_process';
import { messageOf } from '@/lib/errors';
import { every, poll } from '@/lib/poll';
import { identify, processesWith, signal } from '@/lib/processes';
import type { Exit, JobRecord } from './record';

const timerMaxMs = 2_147_483_647;
const lookEveryMs = 50;

/** How long after the grace period a wrapper may take to record the end before it is killed. */
export const recordMs = 2_000;

/** Ends every process of a Job except the caller: SIGTERM, after `graceMs` SIGKILL. Returns when none runs. */
export async function endProcesses(folder: JobRecord, graceMs: number): Promise<void> {
  const marker = `${folder.marker.name}=${folder.marker.value}`;
  const others = () => processesWith(marker).filter((pid) => pid !== process.pid);
  const killAt = Date.now() + graceMs;
  signal(others(), 'SIGTERM');
  await poll(every(lookEveryMs), () => {
    const left = others();
    if (Date.now() >= killAt) signal(left, 'SIGKILL');
    return left.length === 0 ? true : null;
  });
}

/**
 * The wrapper process of a Job. It claims the Job, runs the command, ends it at its deadline or on SIGTERM, and records
 * the end once none of it runs any more. It returns at once if another wrapper has the Job.
 */
export async function runJob(
  folder: JobRecord,
  command: string[],
  { graceMs, deadlineMs }: { graceMs: number; deadlineMs: number },
): Promise<void> {
  let reason: Exit['reason'] = 'exited';
  let started = false;
  const end = (why: Exit['reason']) => {
    if (reason !== 'exited') return;
    reason = why;
    if (started) void endProcesses(folder, graceMs);
  };
  process.on('SIGTERM', () => end('stopped'));
  process.on('SIGINT', () => end('stopped'));

  const me = identify(process.pid);
  if (!me) throw new Error('this process cannot be identified');
  if (!(await folder.claim({ ...me, startedAt: Date.now() }))) return;
  const deadline = setTimeout(() => end('deadline'), Math.min(deadlineMs, timerMaxMs));
  const ended = reason === 'exited' ? await run(command, () => (started = true)) : { exitCode: null, signal: null };
  clearTimeout(deadline);
  await endProcesses(folder, 0);
  const notStarted = 'failure' in ended;
  if (notStarted) process.stdout.write(`The command ${command[0]} could not be started: ${ended.failure}\n`);
  await folder.end({
    reason: notStarted ? 'notStarted' : reason,
    exitCode: ended.exitCode,
    signal: ended.signal,
    endedAt: Date.now(),
  });
}

type Ended = { exitCode: number | null; signal: string | null; failure?: string };

function run([file = '', ...args]: string[], onStart: () => void): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('spawn', onStart);
    child.once('error', (error) => resolve({ exitCode: 127, signal: null, failure: messageOf(error) }));
    child.once('exit', (exitCode, signalName) => resolve({ exitCode, signal: signalName }));
  });
}
