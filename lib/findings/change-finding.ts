import { type AuditRecord, recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { addDays, dayCount, dayOf, dayStartMs } from '@/lib/days';
import { AppError } from '@/lib/errors';
import { announce, resolveCase } from '@/lib/notifications/announce';
import type { Transaction } from '@/lib/postgres/client';
import { storedJson } from '@/lib/text';
import { isOpen } from './history/model';
import { insertFindingEvents } from './history/sql/findings';
import { lockHistory } from './history/sql/looks';
import { caseKeyOf, caseOf } from './history/words-model';
import { muteDaysMost } from './limit-model';
import { type FindingSummary, MuteFinding, NoteFinding, OwnFinding, UnmuteFinding } from './model';
import { lockFinding, updateMute, updateNote, updateOwner } from './sql/change';

type Ctx = Pick<Context, 'db' | 'clock'>;

/**
 * Mutes a finding until a day begins in the customer's time zone: nobody hears of it, and no alert counts it. Throws
 * AppError('not_found'), ('conflict') for a day that is clean by itself, ('invalid_input') for a day that is not ahead.
 */
export async function muteFinding(ctx: Ctx, input: MuteFinding, actor: Actor): Promise<void> {
  const { findingId, untilDay, reason } = MuteFinding.parse(input);
  await changing(ctx, findingId, actor, async (tx, finding) => {
    requireUnresolved(finding);
    const today = dayOf(ctx.clock.now(), finding.timeZone);
    const days = dayCount(today, untilDay);
    if (days < 1 || days > muteDaysMost)
      throw new AppError(
        'invalid_input',
        `Choose a day from ${addDays(today, 1)} to ${addDays(today, muteDaysMost)}: the mute ends when it begins.`,
        { fields: { untilDay: 'not ahead, or too far' } },
      );
    const until = new Date(dayStartMs(untilDay, finding.timeZone));
    await tx.query(updateMute, { findingId, until, reason, by: actor.name });
    await resolveCase(tx, caseKeyOf(finding), `${actor.name} muted it until ${untilDay}: ${reason}`);
    return { kind: 'muted', text: `Muted until ${untilDay}: ${reason}`, audit: { reason, detail: { untilDay } } };
  });
}

/** Ends a mute. People hear of the day again if it is wrong. Throws AppError('not_found'), ('conflict'). */
export async function unmuteFinding(ctx: Ctx, input: UnmuteFinding, actor: Actor): Promise<void> {
  const { findingId, reason } = UnmuteFinding.parse(input);
  await changing(ctx, findingId, actor, async (tx, finding) => {
    if (finding.mutedUntilMs === null) throw new AppError('conflict', 'This finding is not muted.');
    await tx.query(updateMute, { findingId, until: null, reason: null, by: null });
    if (isOpen(finding.state)) await announce(tx, caseOf(finding));
    return { kind: 'unmuted', text: `No longer muted: ${reason}`, audit: { reason } };
  });
}

/** Says who looks after a finding; '' is nobody. Throws AppError('not_found'). */
export async function ownFinding(ctx: Ctx, input: OwnFinding, actor: Actor): Promise<void> {
  const { findingId, owner } = OwnFinding.parse(input);
  await changing(ctx, findingId, actor, async (tx) => {
    await tx.query(updateOwner, { findingId, owner });
    const text = owner === '' ? 'Nobody looks after it any more.' : `${owner} looks after it.`;
    return { kind: 'owned', text, audit: { detail: { owner } } };
  });
}

/** Writes what people should know of a finding; '' removes it. Throws AppError('not_found'). */
export async function noteFinding(ctx: Ctx, input: NoteFinding, actor: Actor): Promise<void> {
  const { findingId, note } = NoteFinding.parse(input);
  await changing(ctx, findingId, actor, async (tx) => {
    await tx.query(updateNote, { findingId, note });
    const text = note === '' ? 'The note was removed.' : `Note: ${note}`;
    return { kind: 'noted', text, audit: { detail: { note } } };
  });
}

type Change = { kind: 'muted' | 'unmuted' | 'owned' | 'noted'; text: string; audit?: Partial<AuditRecord> };
const actions = { muted: 'mute', unmuted: 'unmute', owned: 'own', noted: 'note' } as const;

/** One transaction with the change, its event and its audit row. */
async function changing(
  { db, clock }: Ctx,
  findingId: string,
  actor: Actor,
  change: (tx: Transaction, finding: FindingSummary) => Promise<Change>,
): Promise<void> {
  const now = new Date(clock.now());
  await db.transaction(async (tx) => {
    await tx.query(lockHistory);
    const [finding] = await tx.query(lockFinding, { findingId, now });
    if (!finding) throw new AppError('not_found', 'There is no such finding.');
    const { kind, text, audit } = await change(tx, finding);
    const event = { finding_id: findingId, at: now.toISOString(), kind, text, actor: actor.name };
    await tx.query(insertFindingEvents, { events: storedJson([{ ...event, request_id: actor.requestId }]) });
    const { customerId, day } = finding;
    await recordAudit(tx, actor, {
      action: `finding.${actions[kind]}`,
      customerId,
      subject: `finding ${day}`,
      fromDay: day,
      toDay: addDays(day, 1),
      ...audit,
      detail: { findingId, ...audit?.detail },
    });
  });
}

function requireUnresolved({ state }: FindingSummary): void {
  if (state === 'resolved by itself')
    throw new AppError('conflict', 'The day was counted clean since, so there is nothing to mute.');
}
