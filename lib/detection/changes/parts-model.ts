import { z } from 'zod';

/** A part of one side's local table on one host. `version` is its data version, `hash` that of its files. */
export const Part = z.object({
  side: z.enum(['truth', 'labels']),
  host: z.string(),
  partition: z.string(),
  name: z.string(),
  min: z.number(),
  max: z.number(),
  version: z.number(),
  rows: z.number(),
  hash: z.string(),
  /** When it was written, in seconds. */
  writtenAt: z.number(),
  /** The first and the last time in it, in seconds, of the only time of its table's partition key; null where it has none. */
  times: z.object({ from: z.number(), to: z.number() }).nullable().default(null),
});
export type Part = z.infer<typeof Part>;

/** A part that another one replaced, at `goneAt` in seconds. The engine lists it for some minutes. */
export type GonePart = Omit<Part, 'version'> & { goneAt: number };

/** What is listed at an instant of the server's clock, in seconds. */
export type ListedParts = { parts: readonly Part[]; gone: readonly GonePart[]; nowAt: number };

/**
 * What is in the parts of now that was not in those of before: rows of `fresh` parts, or something that parts cannot
 * show, for which `lost` is the reason. Rows that those of `fresh` parts replaced were in the parts that are `merged` away:
 * nothing else tells on which days.
 */
export type PartChanges = { lost: string } | { lost: null; fresh: Part[]; merged: (Part | GonePart)[] };

/** A merge is written before it replaces its sources. By their clocks it may seem later by at most this. */
const commitSeconds = 10;
/**
 * For so long every part that was replaced is surely listed: the engine keeps it for eight minutes. Later some may still
 * be, of which a statement is reading, and others not.
 */
const listedSeconds = 420;

/**
 * Compares the parts of two looks. A part holds nothing new if its rows are those of parts that were seen: it has the
 * same blocks and the same files (a mutation copies what it does not touch), or it is a merge of seen parts. The name of
 * a merge is no proof: it may span the blocks of a part that was dropped. So each part that it replaced must still be
 * listed as replaced, and those that it replaced last must still have been there when it was written: a merge takes all
 * parts between its first and its last. Parts that came `during` a scan may be in its answers or not: they are new, and one
 * that is not there any more is lost.
 */
export function comparePartsOf(before: readonly Part[], now: ListedParts, during: readonly Part[] = []): PartChanges {
  const lostDuring = whyLostOf(during, before, now);
  if (lostDuring !== null) return { lost: lostDuring };
  const fresh: Part[] = [];
  const merged: (Part | GonePart)[] = [];
  const replicasOf = replicas(before, now);
  for (const { host, seen, parts, gone } of grouped(before, now)) {
    const names = new Set(seen.map(({ name }) => name));
    const patch = [...parts, ...gone].find((one) => one.partition.startsWith('patch-') && !names.has(one.name));
    if (patch) return { lost: `rows of ${placeOf(patch)} were changed by a patch` };
    const left = new Set(seen);
    const others = parts.filter((part) => {
      const same = seen.find((one) => one.min === part.min && one.max === part.max && one.hash === part.hash);
      if (same) left.delete(same);
      return !same;
    });
    for (const part of others) {
      const covered = [...left].filter((one) => isWithin(one, part));
      for (const one of covered) left.delete(one);
      const lost = whyLost(part, covered, { seen, gone, nowAt: now.nowAt });
      if (lost) return { lost };
      const elsewhere = before.filter((one) => replicasOf(host).has(one.host) && isOfSame(one, part));
      if (part.rows === 0 || !holdsNew(part, covered, { seen, gone, elsewhere })) continue;
      fresh.push(part);
      merged.push(...lessThan(part, covered, gone));
    }
    const [missing] = [...left].filter((one) => one.rows > 0);
    if (missing) return { lost: `rows of ${placeOf(missing)} were dropped or detached` };
  }
  return { lost: null, fresh, merged };
}

const placeOf = ({ side, partition }: GonePart | Part) =>
  `the partition ${partition} of the ${side === 'truth' ? 'conversations' : 'labels'}`;

const isWithin = (inner: { min: number; max: number }, outer: { min: number; max: number }) =>
  inner.min >= outer.min && inner.max <= outer.max;

/** The mutation of which the part's name tells, 0 where there is none. */
const mutationOf = ({ name, partition }: Part): number => Number(name.slice(partition.length + 1).split('_')[3] ?? 0);

type Seen = { seen: readonly Part[]; gone: readonly GonePart[] };

function whyLost(part: Part, covered: readonly Part[], { seen, gone, nowAt }: Seen & { nowAt: number }): string | null {
  const filled = covered.filter(({ rows }) => rows > 0);
  if (filled.length === 0) return null;
  if (part.rows === 0) return `rows of ${placeOf(part)} were dropped`;
  if (filled.some(({ version }) => mutationOf(part) > version)) return `a mutation changed ${placeOf(part)}`;
  // Names are used again: a table that was emptied counts its blocks from 1 after a restart.
  const replaced = new Set(gone.map(fileOf));
  const sources = gone.filter((one) => isWithin(one, part) && one.name !== part.name);
  const last = sources.filter((one) => !sources.some((other) => other !== one && isStrictlyWithin(one, other)));
  const known = new Set(seen.map(fileOf));
  const merges = [part, ...sources.filter((one) => one.min < one.max && !known.has(fileOf(one)))];
  const certain =
    merges.every(({ writtenAt }) => writtenAt >= nowAt - listedSeconds) &&
    filled.every((one) => replaced.has(fileOf(one))) &&
    last.every(({ goneAt }) => goneAt >= part.writtenAt - commitSeconds);
  return certain ? null : `parts of ${placeOf(part)} were replaced, and how cannot be seen any more`;
}

const fileOf = ({ name, hash }: GonePart | Part) => `${name} ${hash}`;

const isStrictlyWithin = (inner: GonePart, outer: GonePart) =>
  isWithin(inner, outer) && (inner.min !== outer.min || inner.max !== outer.max);

/**
 * A merge of seen parts has new rows only where one of the parts that it joined was never seen. That one went when it was
 * joined with seen ones, so it is listed for as long as those are; or it was never here, and the merge came from another
 * replica, which had it before.
 */
function holdsNew(
  part: Part,
  covered: readonly Part[],
  { seen, gone, elsewhere }: Seen & { elsewhere: readonly Part[] },
): boolean {
  if (covered.length === 0) return true;
  if (part.rows > covered.reduce((sum, one) => sum + one.rows, 0)) return true;
  const isHere = (one: Part) =>
    seen.some((each) => (one.min === each.min && one.max === each.max ? one.hash === each.hash : isWithin(one, each)));
  if (elsewhere.some((one) => one.rows > 0 && isWithin(one, part) && !isHere(one))) return true;
  return gone.some((one) => isWithin(one, part) && !seen.some((each) => isWithin(each, one) || isWithin(one, each)));
}

/**
 * The parts that a merge with new rows joined, where rows of them are not in it any more: a newer row of the same key may
 * start on another day. None where all rows are still there. A replica may have had parts that are not listed here.
 */
function lessThan(part: Part, covered: readonly Part[], gone: readonly GonePart[]): (Part | GonePart)[] {
  const listed = gone.filter((one) => isWithin(one, part) && !covered.some((each) => isWithin(one, each)));
  const joined = listed.filter(
    (one, at) => !listed.some((other, index) => isStrictlyWithin(other, one) || (index < at && isWithin(other, one))),
  );
  const sources = [...covered, ...joined];
  return joined.length > 0 && sources.reduce((sum, { rows }) => sum + rows, 0) === part.rows ? [] : sources;
}

/** Why rows that came while a scan read are not there any more, or null: its answers may have been of these. */
function whyLostOf(during: readonly Part[], before: readonly Part[], now: ListedParts): string | null {
  for (const one of during) {
    const own = <Any extends Part | GonePart>(all: readonly Any[]) =>
      all.filter((each) => each.host === one.host && isOfSame(each, one));
    const parts = own(now.parts);
    if (one.rows === 0 || parts.some(({ min, max, hash }) => min === one.min && max === one.max && hash === one.hash))
      continue;
    const into = parts.find((part) => isWithin(one, part));
    if (!into || whyLost(into, [one], { seen: own(before), gone: own(now.gone), nowAt: now.nowAt }))
      return `rows of ${placeOf(one)} that came while a scan read were changed or dropped`;
  }
  return null;
}

const isOfSame = (one: Part | GonePart, part: Part) => one.side === part.side && one.partition === part.partition;

/** The other hosts that have, or had, a part of the same name and files: those of another shard have none. */
function replicas(before: readonly Part[], now: ListedParts): (host: string) => ReadonlySet<string> {
  const hostsOf = new Map<string, Set<string>>();
  for (const one of [...before, ...now.parts, ...now.gone]) {
    const file = JSON.stringify([one.side, one.name, one.hash]);
    hostsOf.set(file, (hostsOf.get(file) ?? new Set()).add(one.host));
  }
  const found = new Map<string, Set<string>>();
  for (const hosts of hostsOf.values())
    if (hosts.size > 1)
      for (const host of hosts) {
        const others = found.get(host) ?? new Set();
        for (const other of hosts) if (other !== host) others.add(other);
        found.set(host, others);
      }
  return (host) => found.get(host) ?? new Set();
}

type Group = { host: string; seen: Part[]; parts: Part[]; gone: GonePart[] };

/** Blocks are numbered within a partition of a table on a host. */
function grouped(before: readonly Part[], now: ListedParts): Iterable<Group> {
  const groups = new Map<string, Group>();
  const groupOf = ({ side, host, partition }: GonePart | Part): Group => {
    const key = JSON.stringify([side, host, partition]);
    const group = groups.get(key) ?? { host, seen: [], parts: [], gone: [] };
    groups.set(key, group);
    return group;
  };
  for (const part of before) groupOf(part).seen.push(part);
  for (const part of now.parts) groupOf(part).parts.push(part);
  for (const part of now.gone) groupOf(part).gone.push(part);
  return groups.values();
}
