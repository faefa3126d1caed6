import { createHash } from 'node:crypto';
import { type JobKind, JobName, type JobSpec } from './model';

/**
 * The deterministic name of a Job, which is its fence: `<kind>-<unit>-<10 hex of sha256(run, item, attempt)>`. The same
 * step of the same attempt always has the same name; another attempt has another name.
 */
export function jobName(of: { kind: JobKind; unit: string; runId: string; itemId: string; attempt: number }): string {
  const hash = createHash('sha256').update([of.runId, of.itemId, of.attempt].join('\n')).digest('hex').slice(0, 10);
  return JobName.parse(`${of.kind}-${of.unit}-${hash}`);
}

/** A hash that is equal for equal specs, in whatever order their entries are. It decides whether a Job is adopted. */
export function specFingerprint(spec: JobSpec): string {
  const sorted = (entries: Record<string, string>) => Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = [spec.name, spec.kind, spec.deadlineSeconds, sorted(spec.envOverrides), sorted(spec.annotations)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/**
 * Customer and day as label values: 63 characters at most, with letters or digits at both ends. A text that is not
 * valid loses its invalid characters and gets 8 hex digits of its sha256.
 */
export function jobLabels(of: { customer?: string; day: string }): Record<string, string> {
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
