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

/** Equal for specs that do the same, whatever the order of their entries: decides between "adopt" and "refuse". */
export function specFingerprint(spec: JobSpec): string {
  const sorted = (entries: Record<string, string>) => Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = [spec.name, spec.kind, spec.deadlineSeconds, sorted(spec.envOverrides), sorted(spec.annotations)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/**
 * What a Job is found by, as label values: 63 characters at most, letters and digits at both ends. A text that is none
 * is cut to what may stay, with 8 hex digits of its sha256.
 */
export function jobLabels(of: { customer?: string; day: Day }): Record<string, string> {
  return Object.fromEntries(
    Object.entries(of)
      .filter((entry): entry is [string, string] => entry[1] !== undefined)
      .map(([name, value]) => [name, labelValue(value)]),
  );
}

function labelValue(text: string): string {
  if (/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(text)) return text;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8);
  const kept = text.replace(/[^A-Za-z0-9._-]/g, '-').replace(/^[._-]+/, '');
  return kept === '' ? hash : `${kept.slice(0, 54)}-${hash}`;
}
