import { agree, count, formatNumber } from '@/lib/words';
import { differing } from './differ-model';
import { flagBits } from './flags';
import type { ConversationEvidence, EvidenceRow } from './model';

type Span = { fromMs: number; toMs: number };

/**
 * What made the labels of some conversations wrong: one thing that happened to all of them, with the times between which
 * it did. `changes` are in words, "re-assigned to Corinne Harmon". `changed` is when the truth said so at the latest,
 * since its row holds only its newest change; of conversations that only ended it is their end.
 */
export type Origin = {
  kind: 'changed' | 'late' | 'kept beside' | 'missing' | 'orphan';
  conversations: number;
  changes: string[];
  wasOpen: boolean;
  labelled: Span | null;
  changed: Span | null;
  /** From the label to the change, in ms; of a label that came later the other way round. */
  apart: Span | null;
  /** When the right label came beside the old one. */
  again: Span | null;
};

/**
 * The origins of the conversations that were looked at, the most common first. `total` is how many are affected, null where
 * that was not counted.
 */
export type Origins = { origins: Origin[]; lookedAt: number; total: number | null };

const at = (ms: number): Span => ({ fromMs: ms, toMs: ms });
const both = (one: Span | null, other: Span | null): Span | null =>
  one && other && { fromMs: Math.min(one.fromMs, other.fromMs), toMs: Math.max(one.toMs, other.toMs) };

type Happened = Origin & {
  /** The changes without names: what conversations have in common of which the names differ. */
  common: string[];
};

/** What made one conversation's label wrong; null where it is not judged wrong. */
function happenedTo(row: ConversationEvidence): Happened | null {
  const { truth } = row;
  if (row.class !== 'affected') return null;
  const labels = row.labels.toSorted((one, other) => other.updatedAtMs - one.updatedAtMs);
  const [newest] = labels;
  const none = { conversations: 1, changes: [], common: [], wasOpen: false, changed: null, apart: null, again: null };
  if (!newest) {
    if (!truth || (row.flags & flagBits.missing) === 0) return null;
    const ended = truth.endAtMs > 0 ? at(truth.endAtMs) : null;
    return { ...none, kind: 'missing', labelled: null, changed: ended };
  }
  if (!truth) return { ...none, kind: 'orphan', labelled: at(newest.updatedAtMs) };
  const wrong = labels.find((label) => differing(truth, label).size > 0);
  if (!wrong) return null;
  const right = labels.find((label) => differing(truth, label).size === 0);
  const { changes, changedMs } = changesOf(truth, wrong);
  const isLate = wrong.updatedAtMs >= changedMs;
  const isBeside = right !== undefined && right.updatedAtMs > wrong.updatedAtMs;
  return {
    kind: isBeside ? 'kept beside' : isLate ? 'late' : 'changed',
    conversations: 1,
    changes: changes.map(([verb, name]) => verb + name),
    common: changes.map(([verb]) => verb),
    wasOpen: wrong.endAtMs === 0,
    labelled: at(wrong.updatedAtMs),
    changed: at(changedMs),
    apart: at(Math.abs(changedMs - wrong.updatedAtMs)),
    again: isBeside ? at(right.updatedAtMs) : null,
  };
}

type Change = [verb: string, name: string];

function changesOf(truth: EvidenceRow, label: EvidenceRow): { changes: Change[]; changedMs: number } {
  const cells = differing(truth, label);
  const changes: Change[] = [];
  if (cells.has('agent'))
    changes.push(
      truth.agent === '' ? ['unassigned', ''] : [label.agent === '' ? 'assigned' : 're-assigned', ` to ${truth.agent}`],
    );
  if (cells.has('useCase')) changes.push(['reclassified', truth.useCase === '' ? '' : ` as ${truth.useCase}`]);
  if (cells.has('customer')) changes.push(['moved', ` to ${truth.customerId}, ${truth.profileId}`]);
  if (cells.has('end') && label.endAtMs !== 0)
    changes.push([truth.endAtMs === 0 ? 're-opened' : 'given another end', '']);
  if (changes.length > 0) return { changes, changedMs: truth.updatedAtMs };
  if (cells.has('end')) return { changes: [['ended', '']], changedMs: truth.endAtMs };
  return { changes: [['given another start', '']], changedMs: truth.updatedAtMs };
}

/** The origins of these conversations, the most common first. Those that are not judged wrong count for none. */
export function originsOf(rows: readonly ConversationEvidence[]): Origin[] {
  const groups = new Map<string, Happened>();
  for (const row of rows) {
    const one = happenedTo(row);
    if (!one) continue;
    const key = JSON.stringify([one.kind, one.wasOpen, one.common]);
    const known = groups.get(key);
    groups.set(key, known ? together(known, one) : one);
  }
  return [...groups.values()].toSorted((one, other) => other.conversations - one.conversations);
}

const together = (one: Happened, other: Happened): Happened => ({
  ...one,
  conversations: one.conversations + other.conversations,
  changes: one.changes.map((change, index) => (change === other.changes[index] ? change : (one.common[index] ?? ''))),
  labelled: both(one.labelled, other.labelled),
  changed: both(one.changed, other.changed),
  apart: both(one.apart, other.apart),
  again: both(one.again, other.again),
});

type Clock = (ms: number) => string;

/**
 * Why a conversation's label is wrong, in one sentence with times: "Labelled 02:00:20 while open, re-assigned to Corinne
 * Harmon by 03:01:45, 61 minutes later." `clock` writes an instant. Null where it is not judged wrong.
 */
export function whySentence(row: ConversationEvidence, clock: Clock): string | null {
  const origin = happenedTo(row);
  if (!origin) return null;
  const text = clauseOf(origin, clock);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

const originsMost = 3;

/**
 * Why the labels of a day are wrong, in one sentence: "All 17 were labelled …" or "15 of 17 were labelled …; 2 were …".
 * Null where no origin is known.
 */
export function commonReason({ origins, lookedAt, total }: Origins, clock: Clock): string | null {
  const shown = origins.slice(0, originsMost);
  const [first] = shown;
  if (!first) return null;
  const were = ({ conversations }: Origin) => agree(conversations, 'was', 'were');
  const of = (origin: Origin) => {
    const number = formatNumber(origin.conversations);
    if (origin !== first) return number;
    if (origin.conversations < lookedAt || lookedAt !== total) return `${number} of ${formatNumber(lookedAt)}`;
    return lookedAt === 1 ? 'The one conversation' : `All ${number}`;
  };
  const parts = shown.map((origin) => `${of(origin)} ${were(origin)} ${clauseOf(origin, clock)}`);
  const others = lookedAt - shown.reduce((sum, { conversations }) => sum + conversations, 0);
  if (others > 0) parts.push(`${formatNumber(others)} ${agree(others, 'has', 'have')} other causes`);
  const lookedAtOf = total === null ? 'No more' : `${formatNumber(lookedAt)} of ${formatNumber(total)}`;
  return `${parts.join('; ')}.${lookedAt === total ? '' : ` ${lookedAtOf} were looked at.`}`;
}

function clauseOf({ kind, changes, wasOpen, labelled, changed, apart, again }: Origin, clock: Clock): string {
  if (kind === 'missing') return changed ? `never labelled; ended ${times(changed, clock)}` : 'never labelled';
  const label = `labelled ${labelled ? times(labelled, clock) : ''}${wasOpen ? ' while open' : ''}`;
  if (kind === 'orphan') return `${label}, and no truth has it`;
  const what = changes.join(' and ');
  const by = changed ? `${what === 'ended' ? '' : 'by '}${times(changed, clock)}` : '';
  const after = apart ? apartText(apart) : '';
  // The truth may have said so before its newest change.
  if (kind === 'late') return `${label}, at least ${after} after being ${what} (${by})`;
  const became = `${label}, ${what} ${by}, ${what === 'ended' ? '' : 'at most '}${after} later`;
  return kind === 'kept beside' && again
    ? `${became}, and labelled again ${times(again, clock)}; the first row stayed beside the second`
    : became;
}

function times({ fromMs, toMs }: Span, clock: Clock): string {
  const [from, to] = [clock(fromMs), clock(toMs)];
  return from === to ? from : `${from}–${to}`;
}

const units: readonly [ms: number, most: number, noun: string][] = [
  [1_000, 120_000, 'second'],
  [60_000, 7_200_000, 'minute'],
  [3_600_000, 172_800_000, 'hour'],
  [86_400_000, Number.POSITIVE_INFINITY, 'day'],
];

/** "61 minutes", "58 to 64 minutes", "3 minutes to 5 hours". */
function apartText({ fromMs, toMs }: Span): string {
  const written = (ms: number): [number, string] => {
    const [unitMs, , noun] = units.find(([, most]) => ms < most) ?? [1_000, 0, 'second'];
    return [Math.floor(ms / unitMs), noun];
  };
  const [[from, small], [to, large]] = [written(fromMs), written(toMs)];
  if (small !== large) return `${count(from, small)} to ${count(to, large)}`;
  return from === to ? count(to, large) : `${from} to ${count(to, large)}`;
}
