import type { Config } from '@/lib/config';
import type { JobPreview, JobSpec, JobStatus, JobTemplate, LauncherCheck, LaunchResult } from './model';

/**
 * The interface to the platform that runs Jobs. Code outside of `lib/jobs` does not ask which platform it is. Every
 * implementation passes `tests/support/launcher-contract.ts`.
 */
export type Launcher = {
  readonly platform: Config['jobs']['launcher'];

  /**
   * Launches a Job. It is idempotent by name: an existing Job with the same spec is adopted, one with another spec is
   * refused with AppError('conflict'). After an unclear answer the caller must `inspect` first.
   */
  launch(spec: JobSpec): Promise<LaunchResult>;

  /** The status of each name, in order. A name without any trace is `unknown`. */
  inspect(names: string[]): Promise<JobStatus[]>;

  /** The last `tailLines` lines that the Job printed; '' if there are none yet. */
  logs(name: string, tailLines: number): Promise<string>;

  /** Ends the Job and returns when none of it runs any more. Does nothing if the Job has ended or is unknown. */
  stop(name: string): Promise<void>;

  /** Whether the platform would accept the Job, without starting it. */
  preview(spec: JobSpec): Promise<JobPreview>;

  /**
   * What Jobs are made from now, so that a plan can be refused after it changed. Throws AppError('unavailable') if it
   * cannot be read now, and 'refused' if there is none.
   */
  template(): Promise<JobTemplate>;

  /** Whether the scheduled labeler is running, so that a delete must wait. */
  scheduledLabelerRunning(): Promise<{ running: boolean | null; sentence: string }>;

  /** What this launcher needs, and whether it has it. Reads it from the platform each time, and never throws. */
  check(): Promise<LauncherCheck>;

  close(): Promise<void>;
};
