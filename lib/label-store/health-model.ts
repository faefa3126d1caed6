import { count } from '@/lib/words';
import { type MutationTag, tagIn } from './model';

/** A mutation that is not done on one replica, as it was seen. */
export type MutationSeen = {
  database: string;
  table: string;
  host: string;
  mutationId: string;
  command: string;
  createdAtMs: number;
  partsToDo: number;
  partsInProgress: number | null;
  failReason: string;
  postponeReason: string;
};

/**
 * `waiting`: behind a failing or older mutation of the same table. `stuck` needs evidence: no part was done, and a
 * reason.
 */
export type MutationHealth = 'running' | 'waiting' | 'failing' | 'stuck';

export type UnfinishedMutation = MutationSeen & {
  /** Null where it is not ours. */
  tag: MutationTag | null;
  health: MutationHealth;
  sentence: string;
  /** The mutation that it waits for on this host; null where it is its own cause. */
  behind: string | null;
  /** How many wait behind it on this host. */
  waitingBehind: number;
  /** Since when no part was done, as far as it was sampled; null without samples. */
  standingSinceMs: number | null;
};

/** Identifies a mutation on a host. It includes the creation, since a table that is made again uses the same ids. */
export const mutationKey = (one: Pick<MutationSeen, 'database' | 'table' | 'host' | 'mutationId' | 'createdAtMs'>) =>
  [one.database, one.table, one.host, one.mutationId, one.createdAtMs].join('\n');

/** For each mutation, by `mutationKey`, when it last made progress according to the samples; and the present. */
export type Standing = { since: ReadonlyMap<string, number>; nowMs: number };

const stuckAfterMs = 5 * 60_000;

/**
 * Judges unfinished mutations, oldest first. Mutations of a table run in order, so that a healthy one behind a failing
 * one shows the failing one's error: on each host of each table the oldest failing one is blamed, and where none fails
 * the oldest is the one that runs. `standing` holds what earlier looks saw.
 */
export function judgeMutations(seen: MutationSeen[], standing: Standing | null = null): UnfinishedMutation[] {
  const ordered = [...seen].sort(
    (a, b) => a.createdAtMs - b.createdAtMs || a.mutationId.localeCompare(b.mutationId, 'en', { numeric: true }),
  );
  const sameQueue = (a: MutationSeen, b: MutationSeen) =>
    a.host === b.host && a.table === b.table && a.database === b.database;
  return ordered.map((mutation) => {
    const queue = ordered.filter((one) => sameQueue(one, mutation));
    const blamed = Math.max(
      0,
      queue.findIndex((one) => one.failReason !== ''),
    );
    const at = queue.indexOf(mutation);
    const cause = at > blamed ? queue[blamed] : null;
    return {
      ...mutation,
      tag: tagIn(mutation.command),
      behind: cause?.mutationId ?? null,
      waitingBehind: at === blamed ? queue.length - 1 - blamed : 0,
      standingSinceMs: standing?.since.get(mutationKey(mutation)) ?? null,
      ...(cause ? waiting(cause) : judge(mutation, standing)),
    };
  });
}

type Judged = { health: MutationHealth; sentence: string };

function waiting(cause: MutationSeen): Judged {
  const why = cause.failReason ? `, which fails: ${cause.failReason}` : '';
  return { health: 'waiting', sentence: `Waits behind ${cause.mutationId}${why}.` };
}

function judge(mutation: MutationSeen, standing: Standing | null): Judged {
  const parts = `${count(mutation.partsToDo, 'part')} to do`;
  const reason = mutation.failReason || mutation.postponeReason;
  const since = standing?.since.get(mutationKey(mutation));
  const stoodMs = standing && since !== undefined ? standing.nowMs - since : 0;
  const still = `none done in ${Math.floor(stoodMs / 60_000)} minutes`;
  if (stoodMs >= stuckAfterMs && reason !== '')
    return { health: 'stuck', sentence: `Stuck: ${parts}, ${still}. ${reason}` };
  if (mutation.failReason) return { health: 'failing', sentence: `Failing with ${parts}: ${mutation.failReason}` };
  if (stoodMs >= stuckAfterMs)
    return { health: 'running', sentence: `Running, ${parts}, ${still}; ClickHouse gives no reason.` };
  return { health: 'running', sentence: `Running, ${parts}.` };
}
