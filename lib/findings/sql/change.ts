import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { SummaryRow, summaryColumns, summaryTables } from './list';

/** A finding whose row nobody else changes until the transaction ends. */
export const lockFinding = pgStatement({
  name: 'findings.lock',
  text: `
    SELECT ${summaryColumns}
    ${summaryTables}
    WHERE f.id = :findingId
    FOR UPDATE OF f`,
  params: z.object({ findingId: z.string(), now: z.date() }),
  row: SummaryRow,
});

/** NULL in all three ends a mute. */
export const updateMute = pgStatement({
  name: 'findings.update_mute',
  text: `
    UPDATE findings
    SET muted_until = :until, mute_reason = :reason, muted_by = :by, revision = nextval('watch_revision')
    WHERE id = :findingId`,
  params: z.object({
    findingId: z.string(),
    until: z.date().nullable(),
    reason: z.string().nullable(),
    by: z.string().nullable(),
  }),
  row: z.never(),
});

export const updateOwner = pgStatement({
  name: 'findings.update_owner',
  text: `UPDATE findings SET owner = nullif(:owner, ''), revision = nextval('watch_revision') WHERE id = :findingId`,
  params: z.object({ findingId: z.string(), owner: z.string() }),
  row: z.never(),
});

export const updateNote = pgStatement({
  name: 'findings.update_note',
  text: `UPDATE findings SET note = nullif(:note, ''), revision = nextval('watch_revision') WHERE id = :findingId`,
  params: z.object({ findingId: z.string(), note: z.string() }),
  row: z.never(),
});

/** Mutes that are over, the first ones first, at most `:rowsMax`. */
export const selectEndedMutes = pgStatement({
  name: 'findings.select_ended_mutes',
  text: `
    SELECT id
    FROM findings
    WHERE muted_until <= :now
    ORDER BY muted_until
    LIMIT :rowsMax`,
  params: z.object({ now: z.date(), rowsMax: z.number() }),
  row: z.object({ id: z.string() }).transform(({ id }) => id),
});

/** False where another transaction ended the mute, or a person muted it again. */
export const clearEndedMute = pgStatement({
  name: 'findings.clear_ended_mute',
  text: `
    UPDATE findings
    SET muted_until = NULL, mute_reason = NULL, muted_by = NULL, revision = nextval('watch_revision')
    WHERE id = :findingId AND muted_until <= :now
    RETURNING id`,
  params: z.object({ findingId: z.string(), now: z.date() }),
  row: z.object({ id: z.string() }),
});
