import { createHash } from 'node:crypto';
import type { JobTemplate } from './model';

/** A hash of 16 hex digits over any JSON; the order of its fields does not matter. */
export function shortHash(value: unknown): string {
  const sorted = (_: string, field: unknown) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field;
  return createHash('sha256')
    .update(JSON.stringify(value, sorted) ?? '')
    .digest('hex')
    .slice(0, 16);
}

/** The names of the parts of this project's own Jobs end with these words. */
const ownWords = 'of backup and delete Jobs';

/** A template without the parts of this project's own Jobs, which a new release may change during a repair. */
export const withoutOwnParts = (template: JobTemplate): JobTemplate =>
  Object.fromEntries(Object.entries(template).filter(([part]) => !part.endsWith(ownWords)));

/**
 * Sentences that name the differences between two templates; `own` has those of this project's own Jobs. A part that
 * only one of them has is no difference: the other's release did not read it.
 */
export function templateDifferences(seen: JobTemplate, now: JobTemplate): { labeler: string[]; own: string[] } {
  const changed = Object.keys(seen)
    .sort()
    .flatMap((part) => {
      const [was, is] = [seen[part], now[part]];
      if (was === undefined || is === undefined || was === is) return [];
      const sentence =
        isHash(was) || isHash(is)
          ? `The ${part} changed.`
          : `The ${part} is now ${is || 'empty'}, not ${was || 'empty'}.`;
      return [{ own: part.endsWith(ownWords), sentence }];
    });
  const of = (own: boolean) => changed.filter((one) => one.own === own).map(({ sentence }) => sentence);
  return { labeler: of(false), own: of(true) };
}

const isHash = (text: string) => /^[0-9a-f]{16}$/.test(text);
