import { dayOf } from '@/lib/days';
import { flagBits, flagsOf } from '@/lib/detection/flags';
import type { DayCounts } from '@/lib/detection/model';
import { sumCounts } from '@/lib/detection/sum-model';

/** A row of either table, in the order in which they were inserted; no agent is unassigned, `endMs` 0 is open. */
export type Row = {
  id: string;
  customer: string;
  profile: string;
  agent: string | null;
  useCase: string;
  startMs: number;
  endMs: number;
  versionMs: number;
};

export type Judgement = { flags: number; class: 'judged' | 'open' | 'settling'; day: string; hasTruth: boolean };
export type OracleInput = {
  truth: readonly Row[];
  labels: readonly Row[];
  customer: string;
  timeZone: string;
  asOfMs: number;
  marginMs: number;
  keyOf: (label: Row) => string;
};

const hour = (ms: number) => Math.floor(ms / 3_600_000);
const agentOf = (row: Row) => row.agent ?? '';
const ownerOf = (row: Row) => JSON.stringify([row.customer, row.profile]);

/** Of equal versions the engine keeps the last row of the last part, and parts are sorted by their partition first. */
const monthOf = (row: Row) => new Date(row.startMs).toISOString().slice(0, 7);

function newestBy(rows: readonly Row[], keyOf: (row: Row) => string): Row[] {
  const newest = new Map<string, Row>();
  for (const row of rows) {
    const known = newest.get(keyOf(row));
    if (!known || row.versionMs > known.versionMs) newest.set(keyOf(row), row);
    else if (row.versionMs === known.versionMs && monthOf(row) >= monthOf(known)) newest.set(keyOf(row), row);
  }
  return [...newest.values()].sort((a, b) => b.versionMs - a.versionMs);
}

/** The flags of docs/glossary.md, row by row: the answer that detection must give, made from all rows. */
export function judge(input: OracleInput): Map<string, Judgement[]> {
  const ids = new Set([...input.truth, ...input.labels].map((row) => row.id));
  const near = (ms: number) => Math.abs(ms - input.asOfMs) <= input.marginMs;
  const settles = (row: Row) => near(row.endMs) || near(row.versionMs);
  const answers = new Map<string, Judgement[]>();
  for (const id of ids) {
    const truths = newestBy(
      input.truth.filter((row) => row.id === id),
      ownerOf,
    );
    const labels = newestBy(
      input.labels.filter((row) => row.id === id),
      input.keyOf,
    );
    const judged: Judgement[] = [];
    for (const truth of truths) {
      if (truth.customer !== input.customer) continue;
      const own = labels.filter((label) => {
        const home = truths.find((other) => ownerOf(other) === ownerOf(label)) ?? truths[0];
        return home === truth;
      });
      const day = dayOf(truth.startMs, input.timeZone);
      const base = { day, hasTruth: true };
      if (truth.endMs === 0) judged.push({ ...base, flags: 0, class: 'open' });
      else if (settles(truth)) judged.push({ ...base, flags: 0, class: 'settling' });
      else judged.push({ ...base, flags: flagsAgainst(truth, own), class: 'judged' });
    }
    const newest = labels[0];
    if (truths.length === 0 && newest && labels.some((label) => label.customer === input.customer)) {
      const day = dayOf(Math.min(...labels.map((label) => label.startMs)), input.timeZone);
      const duplicate = labels.length > 1 ? flagBits.duplicate : 0;
      judged.push(
        settles(newest)
          ? { day, hasTruth: false, flags: 0, class: 'settling' }
          : { day, hasTruth: false, flags: flagBits.orphan | duplicate, class: 'judged' },
      );
    }
    answers.set(id, judged);
  }
  return answers;
}

function flagsAgainst(truth: Row, labels: readonly Row[]): number {
  if (labels.length === 0) return flagBits.missing;
  const wrong = labels.map(
    (label) =>
      (agentOf(label) === agentOf(truth) ? 0 : flagBits.wrongAgent) |
      (label.useCase === truth.useCase ? 0 : flagBits.wrongUseCase) |
      (hour(label.endMs) === hour(truth.endMs) ? 0 : flagBits.wrongEndHour) |
      (ownerOf(label) === ownerOf(truth) ? 0 : flagBits.wrongCustomer),
  );
  const duplicate = labels.length > 1 ? flagBits.duplicate : 0;
  return duplicate | (wrong.includes(0) ? 0 : wrong.reduce((all, bits) => all | bits, 0));
}

/** The same as counts of each day. */
export function countsByDay(judgements: Iterable<Judgement>): Map<string, DayCounts> {
  const days = new Map<string, DayCounts>();
  for (const { day, flags, class: kind, hasTruth } of judgements) {
    const counts = days.get(day) ?? sumCounts([]);
    days.set(day, counts);
    if (hasTruth) counts.conversations++;
    if (kind === 'open') counts.open++;
    else if (kind === 'settling') counts.settling++;
    else if (flags !== 0) {
      counts.affected++;
      if (flagsOf(flags).some((flag) => ['wrongAgent', 'wrongUseCase', 'wrongEndHour', 'wrongCustomer'].includes(flag)))
        counts.stale++;
      if (flags & flagBits.duplicate) counts.duplicates++;
      if (flags & flagBits.missing) counts.missing++;
      if (flags & flagBits.orphan) counts.orphans++;
      for (const flag of flagsOf(flags)) counts.flags[flag]++;
    }
  }
  return days;
}
