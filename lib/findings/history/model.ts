import { eachFlag, type Flag, flagFacts, flagNames } from '@/lib/detection/flags';
import type { DayResult } from '@/lib/detection/model';
import { sharesKeptMost } from '@/lib/detection/shares-model';

/**
 * `new`: one look found the day wrong. `ongoing`: a later look found it wrong too. `repaired`: a run repaired and
 * verified it, or changed labels of it before a look counted it clean. `resolved by itself`: a look counted it clean without a run. `fallen back`: wrong again after a repair.
 */
export const findingStates = ['new', 'ongoing', 'fallen back', 'repaired', 'resolved by itself'] as const;
export type FindingState = (typeof findingStates)[number];

/** The states of a day that is wrong. */
export const openStates = ['new', 'ongoing', 'fallen back'] as const satisfies readonly FindingState[];
export const isOpen = (state: FindingState): boolean => (openStates as readonly FindingState[]).includes(state);

/** Conversations of each flag. */
export type Flags = Record<Flag, number>;

/**
 * What looks and repairs know of a finding. Instants are in ms. `agents` had an affected conversation on the day
 * (`agentsAtLeast`).
 * `wrongMs` is how long the day was wrong before `wrongSinceMs`, which is null while it is not. `partRun` is a run that
 * changed labels of the day and did not verify all of it.
 */
export type FindingFacts = {
  id: string;
  customerId: string;
  day: string;
  state: FindingState;
  firstSeenAtMs: number;
  lastSeenAtMs: number;
  truthChangedAtMs: number | null;
  conversations: number;
  affected: number;
  flags: Flags;
  atLeast: boolean;
  worstAffected: number;
  worstFlags: Flags;
  agents: number;
  worstAgents: number;
  wrongSinceMs: number | null;
  wrongMs: number;
  partRun: string | null;
  repairedByRun: string | null;
  repairedAtMs: number | null;
  resolvedAtMs: number | null;
  fallenBackAtMs: number | null;
  timesFallenBack: number;
};

/** What a look at a day proves. `beyond repair`: only flags are left that no repair takes away. */
export type Found = 'wrong' | 'beyond repair' | 'clean' | 'not known';

type Judged = Pick<DayResult, 'affected' | 'atLeast' | 'settling' | 'flags'>;

/** Only a day that is counted and settled is clean; one that is wrong is so however much was counted. */
export function foundOf(day: Judged): Found {
  if (day.affected > 0)
    return flagNames.some((flag) => flagFacts[flag].isRepaired && day.flags[flag] > 0) ? 'wrong' : 'beyond repair';
  return day.atLeast || day.settling > 0 ? 'not known' : 'clean';
}

/** What a look after a repair found: what no repair takes away is wrong too. */
export type RelookFound = Exclude<Found, 'beyond repair'>;
export function relookFoundOf(day: Judged): RelookFound {
  const found = foundOf(day);
  return found === 'beyond repair' ? 'wrong' : found;
}

/**
 * `truthChangedAtMs`: the newest version of the truth of the affected conversations; null where it is not known.
 * `cleanAtMs`: when the look before found the day clean; null where it did not.
 */
export type FindingEvent =
  | {
      kind: 'looked';
      newId: string;
      customerId: string;
      atMs: number;
      day: DayResult;
      truthChangedAtMs: number | null;
      cleanAtMs: number | null;
    }
  | { kind: 'repaired'; atMs: number; runId: string; whole: boolean };

/** What an event did; `counted` changes no state. `clean after part`: a look found clean what a run repaired in part. */
export type Happened =
  | Exclude<FindingState, 'repaired'>
  | 'counted'
  | 'repaired'
  | 'repaired in part'
  | 'clean after part'
  | 'left by repair';
export type Move = { finding: FindingFacts; happened: Happened };

/** What may follow. Null where nothing does: a look from before the repair, or one that proves nothing. */
export function next(finding: FindingFacts | null, event: FindingEvent): Move | null {
  if (event.kind === 'repaired') return finding && repaired(finding, event);
  const { day, atMs } = event;
  const found = foundOf(day);
  if (!finding || finding.state === 'resolved by itself')
    return found === 'wrong' || found === 'beyond repair' ? { finding: made(event), happened: 'new' } : null;
  if (finding.repairedAtMs !== null && day.asOfMs < finding.repairedAtMs) return null;
  if (found === 'not known') return null;
  if (found === 'clean') return clean(finding, event);
  const seen = { ...finding, ...counted(finding, day), lastSeenAtMs: atMs };
  if (finding.state === 'new') return { finding: { ...seen, state: 'ongoing' }, happened: 'ongoing' };
  if (finding.state !== 'repaired') return { finding: seen, happened: 'counted' };
  const repairedAtMs = finding.repairedAtMs ?? atMs;
  if (found === 'beyond repair')
    return { finding: { ...seen, state: 'ongoing', wrongSinceMs: repairedAtMs }, happened: 'left by repair' };
  const again = {
    ...seen,
    state: 'fallen back' as const,
    wrongSinceMs: Math.max(repairedAtMs, wrongSince(event)),
    fallenBackAtMs: atMs,
    timesFallenBack: finding.timesFallenBack + 1,
  };
  return { finding: again, happened: 'fallen back' };
}

function repaired(finding: FindingFacts, { atMs, runId, whole }: FindingEvent & { kind: 'repaired' }): Move | null {
  if (finding.state === 'resolved by itself') return null;
  if (!whole)
    return isOpen(finding.state) ? { finding: { ...finding, partRun: runId }, happened: 'repaired in part' } : null;
  const by = { partRun: null, repairedByRun: runId, repairedAtMs: atMs };
  return { finding: { ...ended(finding, atMs), ...by, state: 'repaired' }, happened: 'repaired' };
}

/** A day on which a run changed labels did not become clean by itself. */
function clean(finding: FindingFacts, { atMs, day }: FindingEvent & { kind: 'looked' }): Move | null {
  if (finding.state === 'repaired') return null;
  const cleaned = ended({ ...finding, ...counted(finding, day) }, atMs);
  const { partRun } = finding;
  if (partRun === null)
    return { finding: { ...cleaned, state: 'resolved by itself', resolvedAtMs: atMs }, happened: 'resolved by itself' };
  const by = { partRun: null, repairedByRun: partRun, repairedAtMs: atMs };
  return { finding: { ...cleaned, ...by, state: 'repaired' }, happened: 'clean after part' };
}

const ended = (finding: FindingFacts, atMs: number): FindingFacts => ({
  ...finding,
  affected: 0,
  flags: eachFlag(() => 0),
  agents: 0,
  wrongMs: wrongMsOf(finding, atMs),
  wrongSinceMs: null,
});

/** Since the truth changed, but not before a look that found the day clean. */
const wrongSince = ({ truthChangedAtMs, cleanAtMs, atMs }: FindingEvent & { kind: 'looked' }): number =>
  Math.max(truthChangedAtMs ?? atMs, cleanAtMs ?? 0);

function made(event: FindingEvent & { kind: 'looked' }): FindingFacts {
  const { newId, customerId, atMs, day, truthChangedAtMs } = event;
  const agents = agentsOf(day);
  return {
    id: newId,
    customerId,
    day: day.day,
    state: 'new',
    firstSeenAtMs: atMs,
    lastSeenAtMs: atMs,
    truthChangedAtMs,
    conversations: day.conversations,
    affected: day.affected,
    flags: day.flags,
    atLeast: day.atLeast,
    worstAffected: day.affected,
    worstFlags: day.flags,
    agents,
    worstAgents: agents,
    wrongSinceMs: wrongSince(event),
    wrongMs: 0,
    partRun: null,
    repairedByRun: null,
    repairedAtMs: null,
    resolvedAtMs: null,
    fallenBackAtMs: null,
    timesFallenBack: 0,
  };
}

/** Whether there may have been more agents than were kept of the day, of which the unassigned may be one. */
export const agentsAtLeast = (agents: number): boolean => agents >= sharesKeptMost - 1;

const agentsOf = ({ byAgent }: DayResult): number =>
  byAgent.filter(({ key, affected }) => key !== '' && affected > 0).length;

function counted({ worstAffected, worstFlags, worstAgents }: FindingFacts, day: DayResult) {
  const agents = agentsOf(day);
  return {
    conversations: day.conversations,
    affected: day.affected,
    flags: day.flags,
    atLeast: day.atLeast,
    worstAffected: Math.max(worstAffected, day.affected),
    worstFlags: eachFlag((flag) => Math.max(worstFlags[flag], day.flags[flag])),
    agents,
    worstAgents: Math.max(worstAgents, agents),
  };
}

/** How long the day was wrong, until `nowMs` where it still is. */
export const wrongMsOf = ({ wrongMs, wrongSinceMs }: Pick<FindingFacts, 'wrongMs' | 'wrongSinceMs'>, nowMs: number) =>
  wrongMs + (wrongSinceMs === null ? 0 : Math.max(0, nowMs - wrongSinceMs));

/** A repaired day is looked at again so long after its repair. */
export const relookAfter = ['15 minutes', '1 hour', '1 day', '7 days'] as const;
export type RelookAfter = (typeof relookAfter)[number];
export const relookMs: Record<RelookAfter, number> = {
  '15 minutes': 15 * 60_000,
  '1 hour': 3_600_000,
  '1 day': 86_400_000,
  '7 days': 7 * 86_400_000,
};
