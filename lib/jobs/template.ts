import { createHash } from 'node:crypto';
import type { JobTemplate } from './model';

/** 16 hex digits over any JSON, whatever the order of its fields. */
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

/** Sentences that name what differs between two templates; empty when they agree. */
export function templateDifferences(seen: JobTemplate, now: JobTemplate): string[] {
  const parts = [...new Set([...Object.keys(seen), ...Object.keys(now)])].sort();
  return parts
    .filter((part) => seen[part] !== now[part])
    .map((part) => {
      const [was, is] = [seen[part], now[part]];
      if (was === undefined || is === undefined || isHash(was) || isHash(is)) return `The ${part} changed.`;
      return `The ${part} is now ${is || 'empty'}, not ${was || 'empty'}.`;
    });
}

const isHash = (text: string) => /^[0-9a-f]{16}$/.test(text);
