import { z } from 'zod';

/** What a Job does. A launcher resolves the kind to an image or a command itself; no spec carries one. */
export const jobKinds = ['backup', 'prove', 'delete', 'relabel', 'undo', 'kill', 'drop'] as const;
export type JobKind = (typeof jobKinds)[number];

/** Names are fences: deterministic, 63 characters at most, lower case, usable as a Kubernetes name and a folder. */
export const JobName = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);

export const JobSpec = z.object({
  name: JobName,
  kind: z.enum(jobKinds),
  /** Replaces or adds environment entries by name. Holds no secret. */
  envOverrides: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string()),
  deadlineSeconds: z.number().int().min(1),
  /** Ids that are no label values: run, item, attempt. */
  annotations: z.record(z.string(), z.string()),
  /** By what people look for a Job: its customer, its day. No part of what the Job does. */
  labels: z.record(z.string(), z.string()).optional(),
});
export type JobSpec = z.infer<typeof JobSpec>;

/**
 * `pending` is accepted but not running; `succeeded` and `failed` are final; `unknown` means that no trace of the
 * name is left, which is never a reason to launch it again without looking at the data.
 */
type JobState = 'pending' | 'running' | 'succeeded' | 'failed' | 'unknown';

export type JobStatus = {
  name: string;
  state: JobState;
  /** A full sentence for a person: why it waits, how it failed. */
  sentence: string;
  exitCode: number | null;
  startedAt: number | null;
  endedAt: number | null;
  /** It failed by what befell its place, such as an eviction, and not by what it did: another one may end well. */
  passing?: true;
};

export type LaunchResult = { outcome: 'launched' | 'adopted' };

/**
 * Asked before a run: does the platform accept this Job? `unknown` is not a pass. `byWorker` where this account may not
 * ask, and the worker’s may.
 */
export type JobPreview = { verdict: 'pass' | 'fail' | 'unknown'; sentence: string; byWorker?: true };

/**
 * What a relabel Job would be made from, and this project's own Jobs, part by part: short values as they are, the rest
 * as hashes. Two that are equal launch the same.
 */
export const JobTemplate = z.record(z.string(), z.string());
export type JobTemplate = z.infer<typeof JobTemplate>;

/** The finding of a worker's launcher that says whether the platform accepts Jobs of this kind from it. */
export const dryRunOf = (kind: JobKind): string => `dry run of ${kind} Jobs`;

/** One thing that a launcher needs, and whether it has it. */
const LauncherFinding = z.object({
  what: z.string(),
  /** `unknown` is what nothing here can tell; its sentence says why. */
  status: z.enum(['ok', 'warning', 'failed', 'unknown']),
  sentence: z.string(),
});
export type LauncherFinding = z.infer<typeof LauncherFinding>;

/** Where Jobs run, as whom, and what was found there. The three are null for local processes. */
export const LauncherCheck = z.object({
  platform: z.enum(['process', 'kubernetes']),
  cluster: z.string().nullable(),
  namespace: z.string().nullable(),
  account: z.string().nullable(),
  findings: z.array(LauncherFinding),
  /** What the process that asked makes Jobs from; null where it could not be read or was not asked. */
  template: JobTemplate.nullable().default(null),
});
export type LauncherCheck = z.infer<typeof LauncherCheck>;
