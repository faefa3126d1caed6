import { z } from 'zod';
import { Reason } from '@/lib/audit/model';
import type { MissDay, MissState } from '@/lib/detection/changes/miss-model';

/** A person has seen a miss; the note says what it was. */
export const AcknowledgeMiss = z.object({ missId: z.uuid('This is not a miss’s id.'), note: Reason });
export type AcknowledgeMiss = z.input<typeof AcknowledgeMiss>;

/**
 * What a full scan found that the increments had missed. `atMs` is when it looked, `missed` how many conversations
 * differ at least. Of `daysOpen` of `days` no audit agreed with a scan of changes since. `acknowledgedBy` and `note` are
 * null where no person ended it.
 */
export type MissSummary = {
  id: string;
  customerId: string;
  displayName: string;
  timeZone: string;
  scanId: string;
  atMs: number;
  missed: number;
  days: string[];
  daysOpen: number;
  state: MissState;
  endedAtMs: number | null;
  acknowledgedBy: string | null;
  note: string | null;
};

/** `cleanAtMs`: when an audit looked that counted the day as a scan of changes had recorded it since. */
export type MissView = MissSummary & { counts: (MissDay & { cleanAtMs: number | null })[] };

/** The newest misses of a filter, and how many it has of each. */
export type MissList = { rows: MissSummary[]; open: number; all: number };
