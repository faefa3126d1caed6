import { announceAll, resolveCase } from '@/lib/notifications/announce';
import type { Transaction } from '@/lib/postgres/client';
import { storedJson } from '@/lib/text';
import { type FindingFacts, type Happened, isOpen, type Move } from './model';
import { insertFindingEvents, rowOf, upsertFindings } from './sql/findings';
import { affectedInWords, caseKeyOf, caseOf, sentenceOf } from './words-model';

/** `before` is the finding as it was, null for a new one. A muted one is announced to nobody. */
export type SavedMove = Move & { before: FindingFacts | null; muted: boolean };
type Cause = { atMs: number; runId?: string; scanId?: string };

const openers = new Set<Happened>(['new', 'fallen back', 'left by repair']);
const enders = new Set<Happened>(['repaired', 'clean after part', 'resolved by itself']);

/** Writes what happened to findings, with their events, and announces it, in the caller's transaction. */
export async function saveMoves(tx: Transaction, moves: readonly SavedMove[], cause: Cause): Promise<void> {
  if (moves.length === 0) return;
  const rows = moves.map((move) => rowOf(move.finding, isShown(move)));
  await tx.query(upsertFindings, { findings: storedJson(rows) });
  const events = moves.filter(({ happened }) => happened !== 'counted').map((move) => eventOf(move, cause));
  if (events.length > 0) await tx.query(insertFindingEvents, { events: storedJson(events) });
  const heard = moves.filter(({ muted }) => !muted);
  const news = heard.filter((move) => isOpen(move.finding.state) && isShown(move));
  await announceAll(
    tx,
    news.map(({ finding }) => caseOf(finding)),
  );
  for (const { happened, finding } of moves)
    if (enders.has(happened)) await resolveCase(tx, caseKeyOf(finding), sentenceOf(finding, happened));
}

/** Whether more than the instant of its last look moved. */
function isShown({ before, finding }: SavedMove): boolean {
  if (before === null) return true;
  const { lastSeenAtMs: _, ...was } = before;
  const { lastSeenAtMs: __, ...is } = finding;
  return storedJson(was) !== storedJson(is);
}

const eventOf = ({ finding, happened }: SavedMove, { atMs, runId, scanId }: Cause) => ({
  finding_id: finding.id,
  at: new Date(atMs).toISOString(),
  kind: happened,
  text: openers.has(happened)
    ? `${sentenceOf(finding, happened)} ${affectedInWords(finding)}`
    : sentenceOf(finding, happened),
  actor: 'worker',
  run_id: runId ?? (happened === 'clean after part' ? finding.repairedByRun : null),
  scan_id: scanId ?? null,
});
