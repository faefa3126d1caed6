import { z } from 'zod';
import type { Actor } from '@/lib/auth/model';
import { isDay } from '@/lib/days';
import { AppError, type ErrorCode, messageOf } from '@/lib/errors';
import type { Log } from '@/lib/log';
import type { Postgres } from '@/lib/postgres/client';
import { type AuditRecord, recordAudit } from './record-audit';

/** A rule said no. Input that could not be read, a limit, or an engine that is away changed nothing and say so by themselves. */
const audited = new Set<ErrorCode>(['forbidden', 'refused', 'conflict', 'not_found']);
const textMax = 1_000;

const Day = z.string().refine(isDay).optional().catch(undefined);
const Short = z.string().max(200).optional().catch(undefined);

/** What of a command's raw input names its scope; anything else in it is left out. */
const Named = z
  .object({
    customerId: Short,
    fromDay: Day,
    toDay: Day,
    runId: z.uuid().optional().catch(undefined),
    planHash: Short,
    reason: z.string().optional().catch(undefined),
  })
  .catch({});

/**
 * Writes a command that was refused, or that an unexpected error ended, with the sentence the person was shown. The
 * caller's own answer does not depend on it: a row that cannot be written is logged.
 */
export async function recordRefusal(
  { db, log }: { db: Postgres; log: Log },
  of: { actor: Actor; action: string; input: unknown; error: unknown },
): Promise<void> {
  const { actor, action, input, error } = of;
  const expected = error instanceof AppError;
  if (expected && !audited.has(error.code)) return;
  const { reason, ...named } = Named.parse(input ?? {});
  const sentence = expected ? error.message : 'An error that the console did not expect; the log has it.';
  const entry: AuditRecord = {
    ...named,
    action,
    subject: sentence.slice(0, textMax),
    result: expected ? 'refused' : 'failed',
    reason: reason?.slice(0, textMax),
    detail: expected ? { code: error.code } : {},
  };
  await db
    .transaction((tx) => recordAudit(tx, actor, entry))
    .catch((cause) =>
      log.error({ action, requestId: actor.requestId, reason: messageOf(cause) }, 'a refusal could not be audited'),
    );
}
