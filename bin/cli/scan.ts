import type { Command } from 'commander';
import type { Actor } from '@/lib/auth/model';
import { daysBetween } from '@/lib/days';
import type { DayResult, Scan } from '@/lib/detection/model';
import { readSentence } from '@/lib/detection/read-model';
import { cancelScan } from '@/lib/detection/scan/cancel-scan';
import { getScan } from '@/lib/detection/scan/get-scan';
import { requestScan } from '@/lib/detection/scan/request-scan';
import { sumCounts } from '@/lib/detection/sum-model';
import { listDays } from '@/lib/detection/view/list-days';
import { AppError } from '@/lib/errors';
import { every, poll } from '@/lib/poll';
import { formatNumber } from '@/lib/words';
import { exitCodes } from './exit-codes';
import { say, show, table } from './output';
import { type RangeOptions, readRange, type Session, withSession } from './session';

const pollMs = 250;
const warnQueuedAfterMs = 15_000;

type Options = RangeOptions & { json?: boolean; failIfAffected?: boolean; full?: boolean };

/** `scan`: asks the worker for a scan, waits for it, and prints the counts of each day. */
export function addScanCommand(program: Command): void {
  program
    .command('scan')
    .description('count stale, duplicate, missing and orphan labels of a customer, by day')
    .argument('[customer]')
    .option('--customer <id>', 'the same as the argument')
    .option('--day <day>', 'one day of the customer, YYYY-MM-DD')
    .option('--from <day>', 'first day, inclusive; by default the newest day with data')
    .option('--to <day>', 'last day, exclusive; by default the day after --from')
    .option('--full', 'read all days, also those on which nothing changed since they were counted')
    .option('--fail-if-affected', 'exit code 5 if any conversation is affected')
    .option('--json', 'JSON for programs')
    .action((argument: string | undefined, options: Options) =>
      withSession(
        async (session) => {
          const { customer, fromDay, toDay } = await readRange(session, argument, options);
          const request = { customerId: customer.id, fromDay, toDay, full: options.full === true };
          const { scanId, alreadyWaits } = await requestScan(session.ctx, request, session.actor);
          if (alreadyWaits) say(`The same scan is already waiting: ${scanId}.`);
          const scan = await waitForScan(session, scanId);
          say(`scan: ${readSentence(scan)}.`);
          const days = await listDays(session.ctx, request);
          const result = {
            customerId: customer.id,
            timeZone: customer.timeZone,
            fromDay,
            toDay,
            ...provenance(scan),
            days,
          };
          show(result, options.json === true, () => drawDays(days));
          reportUnscanned(fromDay, toDay, days);
          return options.failIfAffected && sumCounts(days).affected > 0 ? exitCodes.notGood : exitCodes.done;
        },
        { permission: 'scan.run' },
      ),
    );
}

/**
 * Waits for the end of a scan and prints its progress on stderr. An interrupt cancels the scan. Throws
 * AppError('refused') if it failed or was cancelled.
 */
export async function waitForScan({ ctx, actor, signal }: Session, scanId: string): Promise<Scan> {
  const startedAt = performance.now();
  let printed = '';
  let warned = false;
  const look = async () => {
    const scan = await getScan(ctx, scanId);
    if (scan.status === 'succeeded') return scan;
    if (scan.status === 'failed' || scan.status === 'cancelled')
      throw new AppError(
        'refused',
        `The scan ${scan.status === 'failed' ? 'failed' : 'was cancelled'}. ${scan.failure ?? ''}`.trim(),
      );
    const line = progressLine(scan);
    if (line !== printed) say(line);
    printed = line;
    if (!warned && scan.status === 'queued' && performance.now() - startedAt > warnQueuedAfterMs) {
      warned = true;
      say('No worker has taken the scan yet. Is the console running?');
    }
    return null;
  };
  return poll({ ...every(pollMs), signal }, look).catch((reason) => {
    if (!signal.aborted) throw reason;
    return cancelled(ctx, scanId, actor, reason);
  });
}

async function cancelled(ctx: Session['ctx'], scanId: string, actor: Actor, reason: unknown): Promise<never> {
  await cancelScan(ctx, { scanId }, actor);
  say('The scan was cancelled.');
  throw reason;
}

function progressLine(scan: Scan): string {
  if (scan.status === 'queued') return 'scan: waiting for a worker';
  const eta = scan.etaMs === null ? '' : `, about ${Math.ceil(scan.etaMs / 1000)} s left`;
  return `scan: ${scan.chunksDone} of ${scan.chunksTotal ?? '?'} chunks, ${formatNumber(scan.rowsRead)} rows read${eta}`;
}

const provenance = (scan: Scan) => ({
  scanId: scan.id,
  kind: scan.kind,
  daysRead: scan.days,
  reason: scan.reason,
  asOfMs: scan.asOfMs,
  rowsRead: scan.rowsRead,
  bytesRead: scan.bytesRead,
  elapsedMs: scan.elapsedMs,
  atLeast: scan.atLeast,
});

function reportUnscanned(fromDay: string, toDay: string, days: DayResult[]): void {
  const known = new Set(days.map((result) => result.day));
  const unknown = daysBetween(fromDay, toDay).filter((day) => !known.has(day));
  if (unknown.length > 0) say(`No conversations or labels on ${unknown.length} of the days: ${unknown.join(', ')}.`);
}

function drawDays(days: DayResult[]): string {
  const row = (name: string, of: Omit<DayResult, 'day' | 'asOfMs' | 'atLeast' | 'byAgent' | 'byUseCase'>) => [
    name,
    of.conversations,
    of.affected,
    of.stale,
    of.duplicates,
    of.missing,
    of.orphans,
    of.open,
    of.settling,
  ];
  const head = ['Day', 'Conversations', 'Affected', 'Stale', 'Duplicates', 'Missing', 'Orphans', 'Open', 'Settling'];
  return table(head, [
    ...days.map((result) => row(result.atLeast ? `${result.day} (at least)` : result.day, result)),
    ...(days.length > 1 ? [row('Total', sumCounts(days))] : []),
  ]);
}
