import { Temporal } from 'temporal-polyfill';
import { CustomerId } from '@/lib/customers/model';
import { AppError } from '@/lib/errors';

/**
 * How the labeler selects chats when no range is given. `created_at` is the bug: it goes forward from the newest
 * label and labels open chats too. `lookback` and `ended_at` are two of the fixes under discussion, options A and B.
 */
export type LabelerVariant = 'created_at' | 'lookback' | 'ended_at';

/** A half-open range in milliseconds, with microseconds as a fraction; with `endInclusive` its end belongs to it. */
export type LabelRange = { fromMs: number; toMs: number; endInclusive: boolean };

/** A chat as the labeler reads it; `endedMs` null = open, `agent` null = unassigned. */
export type Chat = {
  id: string;
  profileId: string;
  agent: string | null;
  useCase: string;
  createdMs: number;
  endedMs: number | null;
};

/**
 * What a run did for one customer. `openSkipped` counts chats of the range that are still open; a run with a range
 * never labels them.
 */
export type LabeledCustomer = { customerId: string; labeled: number; openSkipped: number; deletedFor: number };

export type LabelerReport = {
  variant: LabelerVariant;
  range: { from: string; to: string; endInclusive: boolean } | null;
  labeled: number;
  customers: LabeledCustomer[];
  elapsedMs: number;
};

export const rangeStartName = 'LABEL_CONVERSATIONS_WITH_AGENT_ASSISTANCE_CONV_START_AT_RANGE_START';
export const rangeEndName = 'LABEL_CONVERSATIONS_WITH_AGENT_ASSISTANCE_CONV_START_AT_RANGE_END';
export const filterName = 'FILTER_CUSTOMER_IN_LABEL_CONVERSATIONS_WITH_AGENT_ASSISTANCE';

/** Replaces the other service that the cron asks, with a fixed rule: an assigned agent was assisted. */
export const hasAgentAssistance = (agent: string) => (agent === '' ? 0 : 1);

/**
 * Parses an RFC 3339 instant into milliseconds, with microseconds as a fraction. Throws AppError('invalid_input'),
 * which names the variable.
 */
export function parseInstant(name: string, text: string): number {
  if (/^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/.test(text)) {
    try {
      const { epochMilliseconds, epochNanoseconds } = Temporal.Instant.from(text);
      return epochMilliseconds + Number(epochNanoseconds - BigInt(epochMilliseconds) * 1_000_000n) / 1_000_000;
    } catch (error) {
      throw new AppError('invalid_input', `${name} is "${text}", which is not a valid instant.`, {
        cause: error,
      });
    }
  }
  throw new AppError(
    'invalid_input',
    `${name} is "${text.slice(0, 60)}". Write an RFC 3339 instant, such as 2026-02-10T00:00:00.000Z.`,
  );
}

/** The range of the two variables, or null when neither is set. Throws AppError('invalid_input'). */
export function parseRange(start: string | null, end: string | null, endInclusive: boolean): LabelRange | null {
  if (start === null && end === null) return null;
  if (start === null) throw new AppError('invalid_input', `${rangeEndName} is set, but ${rangeStartName} is not.`);
  if (end === null) throw new AppError('invalid_input', `${rangeStartName} is set, but ${rangeEndName} is not.`);
  const fromMs = parseInstant(rangeStartName, start);
  const toMs = parseInstant(rangeEndName, end);
  if (toMs < fromMs || (toMs === fromMs && !endInclusive))
    throw new AppError('invalid_input', `The range is empty: ${rangeEndName} must be after ${rangeStartName}.`);
  return { fromMs, toMs, endInclusive };
}

/**
 * The ids of a comma-separated list, or null for every customer. Throws AppError('invalid_input') for an empty or bad
 * entry.
 */
export function parseFilter(filter: string | null): string[] | null {
  if (filter === null) return null;
  const ids = filter.split(',').map((id) => id.trim());
  for (const id of ids) {
    if (!CustomerId.safeParse(id).success)
      throw new AppError('invalid_input', `${filterName} has "${id.slice(0, 80)}", which is not a customer id.`);
  }
  return [...new Set(ids)];
}
