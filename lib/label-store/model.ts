import { z } from 'zod';
import { isUsableName, usableNameRule } from '@/lib/clickhouse/identifiers';
import { Scope } from '@/lib/customers/model';
import { unitPattern } from '@/lib/customers/unit-model';
import { addDays, dayStartMs, isDay, isTimeZone } from '@/lib/days';

const daysMax = 40;
const hourMs = 3_600_000;

const Name = z.string().refine(isUsableName, usableNameRule);
const TableNameShape = z.object({ database: Name, table: Name });
/** Host and port of ClickHouse as planned; absent where the embedded engine is meant, and in orders of old. */
const Address = z.string().min(1).max(300).nullish();
const tagParts = `([A-Za-z0-9_-]{1,64})/(${unitPattern})/(\\d{1,6})`;
const inCommand = new RegExp(`slc:${tagParts}`);
const ofBackup = new RegExp(`^${tagParts}(/wrong)?$`);
const TagPart = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

/** A scope that a Job may change: at least one profile, in order, at most 40 days. */
const ChangeScope = Scope.refine((scope) => scope.profiles.length > 0, 'The order names no profile.')
  .refine((scope) => scope.toMs > scope.fromMs, 'The order’s range is empty or reversed.')
  .refine(
    (scope) => scope.toMs - scope.fromMs <= (daysMax * 24 + 2) * hourMs,
    `The order’s range is longer than ${daysMax} days.`,
  )
  .refine(
    ({ fromDay, toDay, fromMs, toMs, timeZone }) =>
      [fromDay, toDay].every(isDay) &&
      isTimeZone(timeZone) &&
      dayStartMs(fromDay, timeZone) <= fromMs &&
      fromMs < dayStartMs(addDays(fromDay, 1), timeZone) &&
      dayStartMs(addDays(toDay, -1), timeZone) < toMs &&
      toMs <= dayStartMs(toDay, timeZone),
    'The order’s days are not those of its instants.',
  );

/** How many label rows (newest per label key) a scope or a backup has, and the sum of their hashes (decimal UInt64). */
export const Digest = z.object({ rows: z.number().int().min(0), hash: z.string().regex(/^\d{1,20}$/) });
export type Digest = z.infer<typeof Digest>;

export const noRows: Digest = { rows: 0, hash: '0' };

export const sameDigest = (a: Digest, b: Digest): boolean => a.rows === b.rows && a.hash === b.hash;

const BackupId = z.string().regex(/^[A-Za-z0-9_/-]{1,200}$/);

/**
 * The order of a backup, prove, delete or restore Job, as JSON in `SLC_JOB_ORDER`. Its identifiers come from the worker's
 * catalogue, and the Job compares them with its own. `expect` is the digest of the labels as planned (of the backup
 * for a restore): the Job refuses to change anything else.
 */
export const JobOrder = z.object({
  scope: ChangeScope,
  labels: TableNameShape,
  labelsLocal: TableNameShape,
  cluster: Name.nullable(),
  address: Address,
  tag: z.string().regex(new RegExp(`^slc:${tagParts}$`), 'The order’s tag is not slc:<run>/<unit>/<attempt>.'),
  backupId: BackupId,
  expect: Digest,
  /** The digest that the backup must have before a delete, where it is not `expect`: the rest of a half deleted day. */
  expectBackup: Digest.optional(),
  /**
   * The list of wrong rows: what a prove Job makes out of `backupId`'s rows, and all that a delete Job may then delete.
   */
  listId: BackupId.optional(),
  /**
   * Of a delete in an undo: the backup that comes back next. `isPartlyBack`: an earlier restore left rows of it, which
   * the delete takes too.
   */
  restores: z.object({ backupId: BackupId, expect: Digest, isPartlyBack: z.boolean() }).optional(),
});
export type JobOrder = z.infer<typeof JobOrder>;

/**
 * The order of a kill Job: one mutation of one table, by its id and by the sha256 of its statement's text, since another
 * shard may have another mutation of the same id. `test`: KILL ... TEST, which stops nothing.
 */
export const KillOrder = z.object({
  labels: TableNameShape,
  labelsLocal: TableNameShape,
  cluster: Name.nullable(),
  address: Address,
  mutationId: z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/),
  commandSha256: z.string().regex(/^[0-9a-f]{64}$/),
  test: z.boolean().default(false),
});
export type KillOrder = z.infer<typeof KillOrder>;

/** The order of a drop Job: the ids of the backups of one customer's labels to be dropped. */
export const DropOrder = z.object({
  customerId: z.string().min(1),
  labels: TableNameShape,
  labelsLocal: TableNameShape,
  cluster: Name.nullable(),
  address: Address,
  backupIds: z.array(BackupId).min(1).max(200),
});
export type DropOrder = z.infer<typeof DropOrder>;

/** Whose a mutation, a backup or a list is: the attempt of a unit of a run. */
export type MutationTag = { runId: string; unit: string; attempt: number };

/** The tag in the predicate of our mutations, by which they are found again. */
export const tagText = ({ runId, unit, attempt }: MutationTag): string =>
  `slc:${TagPart.parse(runId)}/${TagPart.parse(unit)}/${attempt}`;

/** The tag of the delete of a list: the list's own, so that whichever attempt finds it does not submit it again. */
export const listTagText = (list: MutationTag): string => `${tagText(list)}/wrong`;

/** What the tags of all mutations of a run's unit begin with. */
export const unitTagText = ({ runId, unit }: Pick<MutationTag, 'runId' | 'unit'>): string =>
  `slc:${TagPart.parse(runId)}/${TagPart.parse(unit)}`;

/** Whose mutation it is, read from its command; null when it is not ours. */
export function tagIn(command: string): MutationTag | null {
  const found = inCommand.exec(command);
  if (!found?.[1] || !found[2]) return null;
  return { runId: found[1], unit: found[2], attempt: Number(found[3]) };
}

/** The id of a backup; it carries the attempt, so that a killed backup is never mixed with its successor. */
export const backupIdOf = ({ runId, unit, attempt }: MutationTag): string =>
  `${TagPart.parse(runId)}/${TagPart.parse(unit)}/${attempt}`;

/** The list of wrong rows that an attempt proved, beside the backup of its day. */
export const listIdOf = (tag: MutationTag): string => `${backupIdOf(tag)}/wrong`;

/** Whose backup it is, read from its id, and whether it is a list of wrong rows; null for any other text. */
export function tagOfBackup(backupId: string): (MutationTag & { list: boolean }) | null {
  const found = ofBackup.exec(backupId);
  if (!found?.[1] || !found[2]) return null;
  return { runId: found[1], unit: found[2], attempt: Number(found[3]), list: found[4] !== undefined };
}

/** The backup table beside the local labels table. */
export const backupTableOf = (labelsLocal: { database: string; table: string }) => ({
  database: labelsLocal.database,
  table: `${labelsLocal.table}_slc_backup`,
});

/**
 * How a Job of this project ends. A worker reads the code first and the data always: only `done` lets it go on.
 * NOTE: a process that SIGTERM ended has 143 and one that SIGKILL ended 137, on every platform.
 */
export const jobExitCodes = {
  done: 0,
  failed: 1,
  orderRefused: 2,
  notAsPlanned: 3,
  unclear: 4,
  rowsLeft: 5,
  engineUnavailable: 7,
  stopped: 143,
} as const;
export type JobExit = keyof typeof jobExitCodes;

/** Each exit as a sentence for a person. */
export const jobExitSentences: Record<JobExit, string> = {
  done: 'It did what was ordered.',
  failed: 'It ended with an error that it did not expect.',
  orderRefused: 'It refused the order; nothing was changed.',
  notAsPlanned: 'The labels or the backup are not as planned; nothing was changed.',
  unclear: 'ClickHouse gave no clear answer, and the mutation was not found; it may still appear.',
  rowsLeft: 'Rows are left that it was to remove.',
  engineUnavailable: 'ClickHouse did not answer.',
  stopped: 'It was stopped.',
};

export const exitOfCode = (code: number | null): JobExit | null =>
  (Object.keys(jobExitCodes) as JobExit[]).find((exit) => jobExitCodes[exit] === code) ?? null;

/** The last line that a Job prints. */
export const JobReport = z.object({
  kind: z.string(),
  exit: z.enum(Object.keys(jobExitCodes) as [JobExit, ...JobExit[]]),
  numbers: z.record(z.string(), z.number()),
});
export type JobReport = z.infer<typeof JobReport>;

/** The report in what a Job printed, or null when it ended without one. */
export function reportOf(log: string): JobReport | null {
  const last = log.trimEnd().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) return null;
  try {
    return JobReport.safeParse(JSON.parse(last)).data ?? null;
  } catch {
    return null;
  }
}

/** Progress of one mutation on one replica. */
export type MutationProgress = {
  host: string;
  mutationId: string;
  attempt: number;
  createdAtMs: number;
  partsToDo: number;
  isDone: boolean;
  isKilled: boolean;
  failReason: string;
};

/** True while a mutation may still change rows. One that is not found at all may be killed or purged: the rows decide. */
export const isUnfinished = (one: Pick<MutationProgress, 'isDone' | 'isKilled'>): boolean =>
  !one.isDone && !one.isKilled;

/**
 * How many of the hosts that hold the labels do not list the newest attempt's delete. ON CLUSTER reaches a slow host
 * late, and a delete that it then executes could take rows that are written meanwhile. 0 where no mutation is listed:
 * then the rows decide.
 */
export function hostsToCome(progress: readonly Pick<MutationProgress, 'attempt'>[], hosts: number): number {
  const newest = Math.max(...progress.map((one) => one.attempt));
  return progress.length === 0 ? 0 : Math.max(0, hosts - progress.filter((one) => one.attempt === newest).length);
}
