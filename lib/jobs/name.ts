import { createHash } from 'node:crypto';
import type { Day } from '@/lib/days';
import { type JobKind, JobName, type JobSpec } from './model';

/**
 * The deterministic name of a Job, and with it the lock: `<kind>-<day>-<10 hex of sha256(run, item, attempt)>`.
 * The same step of the same attempt always has the same name; another attempt has another.
 */
export function jobName(of: { kind: JobKind; day: Day; runId: string; itemId: string; attempt: number }): string {
  const hash = createHash('sha256').update([of.runId, of.itemId, of.attempt].join('\n')).digest('hex').slice(0, 10);
  return JobName.parse(`${of.kind}-${of.day}-${hash}`);
}

/** Equal for equal specs, whatever the order of their entries: decides between "adopt" and "refuse". */
export function specFingerprint(spec: JobSpec): string {
  const sorted = (entries: Record<string, string>) => Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = [spec.name, spec.kind, spec.deadlineSeconds, sorted(spec.envOverrides), sorted(spec.annotations)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
