import { z } from 'zod';
import type { Actor } from '@/lib/auth/model';
import { isDay } from '@/lib/days';
import { AppError, type ErrorCode, messageOf } from '@/lib/errors';
import type { Log } from '@/lib/log';
import type { Postgres } from '@/lib/postgres/client';
import { type AuditRecord, recordAudit } from './record-audit';

/**
 * The codes of refusals by a rule. Bad input, limits and engines that are down are not audited: nothing was refused.
 */
const audited = new Set<ErrorCode>(['forbidden', 'refused', 'conflict', 'not_found']);
const textMax = 1_000;

const Day = z.string().refine(isDay).optional().catch(undefined);
const Short = z.string().max(200).optional().catch(undefined);

/** The fields of a command's raw input that name its scope. Nothing else of it is stored. */
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

type Refusal = { action: string; input: unknown; error: unknown };

/** The audit row of a command that ended with `error`, with the sentence that the person saw; null where it has none. */
export function refusalOf({ action, input, error }: Refusal): AuditRecord | null {
  const expected = error instanceof AppError;
  if (expected && !audited.has(error.code)) return null;
  const { reason, ...named } = Named.parse(input ?? {});
  const sentence = expected ? error.message : 'An unexpected error, which the log has.';
  return {
    ...named,
    action,
    subject: sentence.slice(0, textMax),
    result: expected ? 'refused' : 'failed',
    reason: reason?.slice(0, textMax),
    detail: expected ? { code: error.code } : {},
  };
}

/**
 * Writes a command that was refused, or that an unexpected error ended. The answer to the caller does not depend on it: a
 * row that cannot be written is logged.
 */
export async function recordRefusal(
  { db, log }: { db: Postgres; log: Log },
  { actor, ...of }: Refusal & { actor: Actor },
): Promise<void> {
  const entry = refusalOf(of);
  if (!entry) return;
  const { action } = of;
  await db
    .transaction((tx) => recordAudit(tx, actor, entry))
    .catch((cause) =>
      log.error({ action, requestId: actor.requestId, reason: messageOf(cause) }, 'a refusal could not be audited'),
    );
}
