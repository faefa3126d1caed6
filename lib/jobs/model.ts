import { z } from 'zod';

/** What a Job does. The launcher chooses the image or command for a kind; no spec holds one. */
export const jobKinds = ['backup', 'prove', 'delete', 'relabel', 'restore', 'kill', 'drop'] as const;
export type JobKind = (typeof jobKinds)[number];

/** The name of a Job, which is its fence: deterministic, and valid as a Kubernetes name and as a folder. */
export const JobName = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);

export const JobSpec = z.object({
  name: JobName,
  kind: z.enum(jobKinds),
  /** Replaces or adds environment entries by name. Holds no secret. */
  envOverrides: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string()),
  deadlineSeconds: z.number().int().min(1),
  /** Ids that are not valid as label values: run, item, attempt. */
  annotations: z.record(z.string(), z.string()),
  /** What people search a Job by: customer and day. It does not affect what the Job does. */
  labels: z.record(z.string(), z.string()).optional(),
});
export type JobSpec = z.infer<typeof JobSpec>;

/**
 * `pending` is accepted but not running. `succeeded` and `failed` are final. `unknown` means that there is no trace of
 * the name, which is no reason to launch it again without looking at the data.
 */
type JobState = 'pending' | 'running' | 'succeeded' | 'failed' | 'unknown';

export type JobStatus = {
  name: string;
  state: JobState;
  /** A sentence for people: why it waits, or how it failed. */
  sentence: string;
  exitCode: number | null;
  startedAt: number | null;
  endedAt: number | null;
  /** It failed for an outside reason, such as an eviction, so another one may succeed. */
  passing?: true;
};

export type LaunchResult = { outcome: 'launched' | 'adopted' };

/**
 * Whether the platform would accept a Job. `unknown` is not a pass. `byWorker` is set if this account may not check it,
 * but that of the worker may.
 */
export type JobPreview = { verdict: 'pass' | 'fail' | 'unknown'; sentence: string; byWorker?: true };

/**
 * What relabel Jobs and this project's own Jobs are made from, part by part: short values as text, others as hashes.
 * Equal templates launch equal Jobs.
 */
export const JobTemplate = z.record(z.string(), z.string());
export type JobTemplate = z.infer<typeof JobTemplate>;

/** The finding of a worker's launcher that says whether the platform accepts Jobs of this kind from it. */
export const dryRunOf = (kind: JobKind): string => `dry run of ${kind} Jobs`;

/** One thing that a launcher needs, and whether it has it. */
const LauncherFinding = z.object({
  what: z.string(),
  /** `unknown`: it could not be determined, and the sentence says why. */
  status: z.enum(['ok', 'warning', 'failed', 'unknown']),
  sentence: z.string(),
});
export type LauncherFinding = z.infer<typeof LauncherFinding>;

/** Where Jobs run, under which account, and what was found there. These are null for local processes. */
export const LauncherCheck = z.object({
  platform: z.string(),
  cluster: z.string().nullable(),
  namespace: z.string().nullable(),
  account: z.string().nullable(),
  /** The sentence for a person where no finding is wrong. */
  allFound: z.string().default('Nothing is wrong.'),
  findings: z.array(LauncherFinding),
  /** The Job template that the process read; null if it could not be read or was not needed. */
  template: JobTemplate.nullable().default(null),
});
export type LauncherCheck = z.infer<typeof LauncherCheck>;
