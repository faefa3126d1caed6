import { z } from 'zod';
import type { HoursWindow } from '@/lib/hours-model';

/**
 * Who or what paused a run or a campaign: a person; a hold, which ends by itself; its campaign; or "stop everything".
 */
export const pauseCauses = ['person', 'hold', 'campaign', 'stop everything'] as const;
export type PauseCause = (typeof pauseCauses)[number];

/** `reason` is a person's words, or for a hold its sentence with the numbers. */
export const Pause = z.object({
  cause: z.enum(pauseCauses),
  by: z.string(),
  reason: z.string(),
  atMs: z.number(),
});
export type Pause = z.infer<typeof Pause>;

/** "Stop everything" while it is not lifted. `immediately`: Jobs were stopped, also between a delete and its relabel. */
export const Stop = z.object({
  id: z.string(),
  by: z.string(),
  reason: z.string(),
  immediately: z.boolean(),
  atMs: z.number(),
});
export type Stop = z.infer<typeof Stop>;

export const stopAsPause = ({ by, reason, atMs }: Stop): Pause => ({ cause: 'stop everything', by, reason, atMs });

/** What work waits for, in the order in which it is named. */
export const holdKinds = [
  'read-only replicas',
  'replica delay',
  'free disk',
  'mutations',
  'running mutations',
  'parts',
  'errors',
] as const;
export type HoldKind = (typeof holdKinds)[number];
/** Those that say that the cluster itself is busy, for which reading waits too. */
export const busyKinds: readonly HoldKind[] = ['running mutations', 'errors'];

/** Limits: work is held above them, and below that of the free disk. */
export type HoldLimits = Record<HoldKind, number>;

/** One number as it was read; `value` is null where it cannot be read, and then nothing is held for it. */
export type HoldNumber = { kind: HoldKind; value: number | null; host: string | null; limit: number };

/** What a look at a cluster found of one label table. */
export type HoldLook = {
  table: string;
  atMs: number;
  numbers: HoldNumber[];
  /**
   * Numbers that could not be read, and since when. `passes`: the next look may read them, which a missing right does
   * not allow.
   */
  unread: { sentence: string; passes: boolean; sinceMs: number }[];
};

const words: Record<HoldKind, (value: string, limit: string, table: string) => string> = {
  'read-only replicas': (value, _limit, table) => `replicas of ${table} that cannot be written to: ${value}`,
  'replica delay': (value, limit, table) => `a replica of ${table} is ${value} s behind (limit ${limit} s)`,
  'free disk': (value, limit) => `a disk has ${value} % free (limit ${limit} %)`,
  mutations: (value, limit, table) => `unfinished mutations of others on ${table}: ${value} (limit ${limit})`,
  'running mutations': (value, limit) => `parts that a server mutates at this moment: ${value} (limit ${limit})`,
  parts: (value, limit, table) => `parts in one partition of ${table}: ${value} (limit ${limit})`,
  errors: (value, limit) => `statements of this worker that failed in the last minute: ${value} % (limit ${limit} %)`,
};

/** True where work waits for this number. */
export const isHolding = ({ kind, value, limit }: HoldNumber): boolean =>
  value !== null && (kind === 'free disk' ? value < limit : value > limit);

/** Why work is held, with the numbers of these kinds; null where it may begin. */
export function holdSentence({ table, numbers }: HoldLook, kinds: readonly HoldKind[] = holdKinds): string | null {
  const said = numbers
    .filter((one) => kinds.includes(one.kind) && isHolding(one))
    .map(
      ({ kind, value, limit, host }) => `${words[kind](text(value), text(limit), table)}${host ? ` on ${host}` : ''}`,
    );
  if (said.length === 0) return null;
  const sentence = said.join('; ');
  return `${sentence[0]?.toUpperCase()}${sentence.slice(1)}.`;
}

const text = (value: number | null) => String(Math.round((value ?? 0) * 10) / 10);

export const windowSentence = ({ from, to, timeZone }: HoursWindow): string =>
  `It is outside the hours ${from} to ${to} (${timeZone}).`;
