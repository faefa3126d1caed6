import type { Config } from '@/lib/config';
import { retentionVariables } from '@/lib/config-retention';
import { count } from '@/lib/words';
import type { RetentionRule } from './sql/rules';

const hourMs = 3_600_000;

/** For how long a rule keeps a row, in milliseconds. */
export const keepMsOf = (config: Config, { keep }: Pick<RetentionRule, 'keep'>): number =>
  typeof keep === 'string' ? config.retention[keep] * 24 * hourMs : keep.hours * hourMs;

/** The same in words, such as "14 days". */
export function keptFor(config: Config, { keep }: Pick<RetentionRule, 'keep'>): string {
  if (typeof keep === 'string') return count(config.retention[keep], 'day');
  return count(keep.hours, 'hour');
}

/** The variable by which it can be changed; null for a fixed time. */
export const variableOf = ({ keep }: Pick<RetentionRule, 'keep'>): string | null =>
  typeof keep === 'string' ? retentionVariables[keep] : null;
