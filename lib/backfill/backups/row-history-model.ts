import { z } from 'zod';
import type { AuditEntry } from '@/lib/audit/model';
import { CustomerId } from '@/lib/customers/model';
import { isStorable } from '@/lib/text';
import type { RunStatus } from '../state/model';
import type { Strategy } from '../state/name-model';

export const RowHistoryQuery = z.strictObject({
  customerId: CustomerId,
  conversationId: z
    .string()
    .min(1, 'Give the id of a conversation.')
    .max(20_000, 'This is longer than any conversation id.')
    .refine(isStorable, 'A conversation id has no such characters.'),
});
export type RowHistoryQuery = z.infer<typeof RowHistoryQuery>;

/**
 * A label row as it was before a repair, and what became of it. `columns` are the row's own, as ClickHouse writes them.
 */
export type FormerRow = {
  backupId: string;
  backedUpAtMs: number;
  columns: Record<string, string | null>;
  /** null where the backup's id names no run of this console. */
  run: {
    id: string;
    day: string;
    attempt: number;
    strategy: Strategy;
    status: RunStatus;
    startedBy: string;
    reason: string;
    planHash: string;
  } | null;
  /** When the delete was over; null: the row was copied, and no delete of its day ended well. */
  deletedAtMs: number | null;
  deleteJob: string | null;
  sentence: string;
};

/** `audit` holds every row of the runs that touched the conversation's labels, oldest first. */
export type RowHistory = RowHistoryQuery & {
  rows: FormerRow[];
  atLeast: boolean;
  audit: AuditEntry[];
  sentence: string;
};
