import type { JobPreview, JobSpec, JobStatus, JobTemplate, LauncherCheck, LaunchResult } from './model';

/**
 * The port to what runs Jobs. Every implementation passes `tests/support/launcher-contract.ts`.
 */
export type Launcher = {
  readonly platform: 'process' | 'kubernetes';

  /**
   * Idempotent by name: an existing Job of the same spec is adopted, one of another spec is refused with
   * AppError('conflict'). After an unclear answer the caller asks `inspect` before anything else.
   */
  launch(spec: JobSpec): Promise<LaunchResult>;

  /** One status a name, in the order asked. A name that left no trace is `unknown`. */
  inspect(names: string[]): Promise<JobStatus[]>;

  /** The last `tailLines` lines of what the Job printed; '' when there is none yet. */
  logs(name: string, tailLines: number): Promise<string>;

  /** Ends the Job and returns when nothing of it runs any more. Does nothing for a Job that ended or is unknown. */
  stop(name: string): Promise<void>;

  /** Whether the platform would accept the Job, without starting it. */
  preview(spec: JobSpec): Promise<JobPreview>;

  /**
   * What Jobs are made from at this moment, so that a plan can be refused once it changed. Throws
   * AppError('unavailable') when it cannot be read now, and 'refused' when there is none.
   */
  template(): Promise<JobTemplate>;

  /** Whether the scheduled labeler runs right now, so that a delete must wait. */
  scheduledLabelerRunning(): Promise<{ running: boolean | null; sentence: string }>;

  /** What this launcher needs and whether it has it. Never throws, and asks the platform each time. */
  check(): Promise<LauncherCheck>;

  close(): Promise<void>;
};
