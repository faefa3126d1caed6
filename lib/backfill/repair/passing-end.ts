import type { JobStatus } from '@/lib/jobs/model';
import { exitOfCode } from '@/lib/label-store/model';
import { passingMs } from '../state/machine';
import type { StepResult } from './advance';
import type { Drive } from './steps/drive';

/**
 * What engines, drivers and proxies say of a failure that passes. A labeler is not ours, so its last lines are all that
 * is known of why it failed.
 */
const passingWords = new RegExp(
  [
    String.raw`\b(50[234]|429)\b.{0,60}(gateway|unavailable|timeout|too many)|bad gateway|service unavailable|gateway time-?out`,
    'does not answer|connection (refused|reset|closed|terminated|timed out)|broken pipe|unexpected eof|socket hang up',
    'econn|etimedout|enotfound|eai_again|ehostunreach|epipe|no such host|i/o timeout|temporary failure in name resolution',
    String.raw`\bcode: (192|193|194|198|202|203|209|210|225|236|242|252|279|319|364|439|497|516|999)\b`,
    'too many simultaneous queries|too many (open )?connections|too many clients|memory limit \\(total\\)|\\(total\\) memory',
    'authentication[ _]failed|password authentication failed|password or a right is missing|refuses this user or password',
    'starting up|shutting down|terminating connection|recovery mode|read-only transaction|server login',
  ].join('|'),
  'i',
);
const linesMax = 20;

/**
 * True where a Job failed for a reason that passes. Its exit code says so where it is ours, then what happened to its pod
 * or machine, then its last lines.
 */
export function endedPassing(job: JobStatus, log: string, ours: boolean): boolean {
  const exit = ours ? exitOfCode(job.exitCode) : null;
  if (exit === 'engineUnavailable' || exit === 'unclear') return true;
  // NOTE: our Jobs end by themselves when their pod is asked to end.
  if (exit !== null && exit !== 'failed' && !(exit === 'stopped' && job.passing)) return false;
  if (job.passing) return true;
  return passingWords.test(log.trimEnd().split('\n').slice(-linesMax).join('\n'));
}

/** The event of a Job that ended badly and may be tried again. */
export function died(
  { ctx }: Drive,
  { job, log, sentence, ours = true }: { job: JobStatus; log: string; sentence: string; ours?: boolean },
): StepResult['event'] {
  if (!endedPassing(job, log, ours)) return { kind: 'job died', sentence };
  const ranMs = job.startedAt !== null && job.endedAt !== null ? job.endedAt - job.startedAt : 0;
  return { kind: 'job died', sentence, passingAtMs: ctx.clock.now(), ranLong: ranMs >= passingMs };
}

const waits = { firstMs: 2_000, factor: 4, mostMs: 60_000 };

/** How long the next attempt of a Job waits after the last one died: what made it fail needs time to pass. */
export function spacingMs(state: { tries: number; passingSinceMs: number | null }, nowMs: number): number {
  if (state.passingSinceMs !== null) {
    const forMs = Math.min(passingMs, Math.max(0, nowMs - state.passingSinceMs));
    return Math.min(waits.mostMs, Math.max(waits.firstMs, forMs / 2));
  }
  return state.tries <= 1 ? 0 : waits.firstMs * waits.factor ** (state.tries - 2);
}
