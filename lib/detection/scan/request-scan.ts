import { randomUUID } from 'node:crypto';
import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { requireActive, requireUnchanged } from '@/lib/customers/require-active';
import { checkDayRange } from '@/lib/days';
import type { Transaction } from '@/lib/postgres/client';
import { RequestScan, type Scan } from '../model';
import { scanQueue, sendScan } from './queue';
import { insertScan, lockRequests, selectWaitingScan, widenScan } from './sql/requests';

/**
 * Asks the workers to scan whole days of a customer, without `toDay`. One transaction makes the scan, its audit row and
 * its queue entry. If a person's equal request still waits, it returns that scan and makes none. Throws
 * AppError('not_found') for an unknown customer, AppError('refused') while it is paused or retired, and
 * AppError('invalid_input') where the days are no range.
 */
export async function requestScan(
  ctx: Pick<Context, 'db' | 'queue'>,
  input: RequestScan,
  actor: Actor,
): Promise<{ scanId: string; alreadyWaits: boolean }> {
  const request = RequestScan.parse(input);
  checkDayRange(request.fromDay, request.toDay);
  const customer = await requireActive(ctx, request.customerId);
  const boss = await scanQueue(ctx);
  return ctx.db.transaction(async (tx) => {
    await requireUnchanged(tx, customer);
    await tx.query(lockRequests, { customerId: customer.id });
    const [waiting] = await tx.query(selectWaitingScan, {
      customerId: customer.id,
      fromDay: request.fromDay,
      toDay: request.toDay,
      fullAsked: request.full,
    });
    if (waiting) return { scanId: waiting.id, alreadyWaits: true };
    const scan = { id: randomUUID(), cause: 'person' as const };
    await tx.query(insertScan, {
      id: scan.id,
      customerId: customer.id,
      fromDay: request.fromDay,
      toDay: request.toDay,
      cause: scan.cause,
      requestedBy: actor.name,
      fullAsked: request.full,
    });
    await recordAudit(tx, actor, {
      action: 'scan.request',
      customerId: customer.id,
      subject: `${request.fromDay} to ${request.toDay}`,
      fromDay: request.fromDay,
      toDay: request.toDay,
      detail: request.full ? { scanId: scan.id, full: true } : { scanId: scan.id },
    });
    await sendScan(boss, tx, scan);
    return { scanId: scan.id, alreadyWaits: false };
  });
}

type Days = { customerId: string; fromDay: string; toDay: string };
export type ScanRequest = Days & { cause: Exclude<Scan['cause'], 'person'>; requestedBy: string };

/** How long a scan after a repaired unit waits for the units after it, and how many days it may have then. */
const unitsAfter = { seconds: 10, daysMost: 31 };

/**
 * Asks, in the transaction of a repaired unit, for a scan of its days. While more units of its run follow, neighbouring
 * ones are scanned together: one that waits is widened.
 */
export async function requestScanAfterRepair(
  ctx: Pick<Context, 'db' | 'queue'>,
  { moreFollow, ...days }: Days & { moreFollow: boolean },
  tx: Transaction,
): Promise<void> {
  await tx.query(lockRequests, { customerId: days.customerId });
  const [widened] = await tx.query(widenScan, { ...days, daysMost: unitsAfter.daysMost });
  if (widened) return;
  const request = { ...days, cause: 'after repair' as const, requestedBy: 'worker' };
  await requestScanFor(ctx, request, tx, moreFollow ? unitsAfter.seconds : 0);
}

/**
 * A scan that no person asked for: of the schedule, or after a repair. With `tx`, it exists once that commits. It waits
 * in the queue for `afterSeconds`.
 */
export async function requestScanFor(
  ctx: Pick<Context, 'db' | 'queue'>,
  request: ScanRequest,
  tx?: Transaction,
  afterSeconds = 0,
): Promise<{ scanId: string }> {
  checkDayRange(request.fromDay, request.toDay);
  const boss = await scanQueue(ctx);
  const make = async (into: Transaction) => {
    const { customerId, fromDay, toDay, cause, requestedBy } = request;
    const scan = { id: randomUUID(), cause };
    await into.query(insertScan, { id: scan.id, customerId, fromDay, toDay, cause, requestedBy, fullAsked: false });
    await sendScan(boss, into, scan, afterSeconds);
    return { scanId: scan.id };
  };
  return tx ? make(tx) : ctx.db.transaction(make);
}
