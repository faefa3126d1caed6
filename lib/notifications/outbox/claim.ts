import type { Transaction } from '@/lib/postgres/client';
import { storedJson } from '@/lib/text';
import type { MessageKind, StoredContent } from '../message-model';
import { type CaseContent, isMaterial, type SendingChannel } from '../model';
import { failed } from '../send/outcome';
import {
  lockChannel,
  selectCandidates,
  selectExpired,
  selectRecent,
  selectWritten,
  skipDeliveries,
  unfoldSummaries,
} from '../sql/outbox';
import { beginSending, foldDeliveries, insertSummary } from '../sql/settle';
import { looksAt, paceOf, windowMs } from './pace';
import { saveFailure } from './settle';
import { summaryOf } from './summary';

/** For how long nobody else takes a message; longer than any try. */
const claimMs = 90_000;
/** Messages that one summary holds: a month of 500 customers whose days are all wrong. */
const candidatesMost = 20_000;

/** A message that this worker sends, and until when it is the only one to. */
export type Claimed = {
  id: number;
  channel: SendingChannel;
  caseId: string | null;
  kind: MessageKind;
  key: string;
  content: StoredContent;
  attempts: number;
  unknown: number;
  firstTriedMs: number;
  madeAtMs: number;
  claimedUntil: Date;
};

type At = { channel: SendingChannel; nowMs: number; quiet: boolean };

/**
 * Chooses the next message of a channel, and writes down that it is being sent. null: nothing is to be sent now, or
 * another worker chooses.
 */
export async function claimNext(tx: Transaction, at: At): Promise<Claimed | null> {
  const now = new Date(at.nowMs);
  const [locked] = await tx.query(lockChannel, { channel: at.channel, now });
  if (!locked) return null;
  await endExpired(tx, at);
  const { channel, quiet } = at;
  const [written] = await tx.query(selectWritten, { channel, now, quiet, blocked: locked.isBlocked });
  if (written?.message) return begin(tx, at, { ...written, content: written.message });
  if (locked.isBlocked) return null;
  const [recent] = await tx.query(selectRecent, { channel, since: new Date(at.nowMs - windowMs) });
  const rowsMax = recent ? looksAt(recent, at.nowMs, candidatesMost) : 0;
  if (!recent || rowsMax === 0) return null;
  const spare = await tx.query(unfoldSummaries, { channel, now });
  const ready = await readyOf(tx, at, rowsMax);
  const urgent = ready.filter((one) => one.urgent).length;
  const pace = paceOf({ ready: ready.length, urgent }, recent, at.nowMs);
  const [summary, ...others] = pace === 'summary' ? spare : [undefined, ...spare];
  await skip(
    tx,
    others.filter((id) => id !== undefined),
    'What it held is sent in another way.',
  );
  const [first] = ready;
  if (pace === 'wait' || !first) return null;
  if (pace === 'single') return begin(tx, at, first);
  return beginSummary(tx, at, { ready, urgent: urgent > 0, summary });
}

/** A worker that died, or was away for long, left messages of which nobody knows whether they arrived. */
async function endExpired(tx: Transaction, { channel, nowMs }: At): Promise<void> {
  for (const row of await tx.query(selectExpired, { channel, now: new Date(nowMs) })) {
    const interrupted = failed('The worker was interrupted while it sent this.', { known: false });
    const tried = { ...row, channel, firstTriedMs: row.firstTriedMs ?? nowMs };
    await saveFailure(tx, tried, interrupted, { nowMs, claimedUntil: null });
  }
}

type Candidate = {
  id: number;
  caseId: string;
  kind: 'opened' | 'updated' | 'resolved';
  urgent: boolean;
  unknown: number;
};
type Ready = Candidate & { content: CaseContent };

/** What is still to be said, in the words of now. The rest is skipped. */
async function readyOf(tx: Transaction, { channel, nowMs, quiet }: At, rowsMax: number): Promise<Ready[]> {
  const found = await tx.query(selectCandidates, { channel, now: new Date(nowMs), quiet, rowsMax });
  const ready: Ready[] = [];
  const skipped = new Map<string, number[]>();
  for (const one of found) {
    const why = needless(one);
    if (why) skipped.set(why, [...(skipped.get(why) ?? []), one.id]);
    else ready.push({ ...one, content: one.kind === 'resolved' ? resolvedContent(one) : one.content });
  }
  for (const [why, ids] of skipped) await skip(tx, ids, why);
  return ready;
}

/** Why a message does not have to be sent; null if it does. */
function needless(one: {
  kind: Candidate['kind'];
  isResolved: boolean;
  content: CaseContent;
  known: CaseContent | null;
}): string | null {
  if (one.kind === 'resolved') return one.known ? null : 'Nobody heard of the case before it was resolved.';
  if (one.isResolved) return 'The case was resolved before this was sent.';
  if (one.kind === 'updated' && one.known && !isMaterial(one.known, one.content))
    return 'The case came back to what people know.';
  return null;
}

const resolvedContent = (one: { content: CaseContent; resolution: string | null }): CaseContent => ({
  ...one.content,
  title: one.resolution ?? one.content.title,
  lines: [one.content.title],
});

async function skip(tx: Transaction, ids: number[], why: string): Promise<void> {
  if (ids.length > 0) await tx.query(skipDeliveries, { ids, why });
}

async function begin(
  tx: Transaction,
  { channel, nowMs }: At,
  of: { id: number; caseId: string | null; kind: MessageKind; unknown: number; content: StoredContent },
): Promise<Claimed | null> {
  const claimedUntil = new Date(nowMs + claimMs);
  const { id, caseId, kind, unknown, content } = of;
  const [begun] = await tx.query(beginSending, {
    id,
    message: storedJson(content),
    claimedUntil,
    now: new Date(nowMs),
  });
  return begun ? { ...begun, id, caseId, kind, unknown, content, channel, claimedUntil } : null;
}

async function beginSummary(
  tx: Transaction,
  at: At,
  { ready, urgent, summary }: { ready: Ready[]; urgent: boolean; summary: number | undefined },
): Promise<Claimed | null> {
  const { channel, nowMs } = at;
  const id = summary ?? (await tx.query(insertSummary, { channel, urgent }))[0];
  if (id === undefined) return null;
  const contents = storedJson(ready.map((one) => ({ id: one.id, message: one.content })));
  await tx.query(foldDeliveries, { summaryId: id, contents, now: new Date(nowMs) });
  return begin(tx, at, { id, caseId: null, kind: 'summary', unknown: 0, content: summaryOf(ready) });
}
