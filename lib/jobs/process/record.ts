import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { JobSpec } from '../model';

/** The wrapper process that runs a Job. `pid` is 0 if the Job was stopped before it started. */
export type Claim = { pid: number; startTicks: string; bootId: string; startedAt: number };

export const exitReasons = ['exited', 'deadline', 'stopped', 'lost', 'notStarted'] as const;
/** `lost`: the wrapper died without recording an end. `notStarted`: the command could not be started. */
export type Exit = {
  reason: (typeof exitReasons)[number];
  exitCode: number | null;
  signal: string | null;
  endedAt: number;
};

export const isCode = (error: unknown, ...codes: string[]) =>
  codes.includes((error as NodeJS.ErrnoException).code ?? '');

/**
 * What is written into the folder of a Job: `spec.json`, `run/claim.json` once a wrapper runs it, `exit.json` at the end.
 * Each is written atomically, and only the first of two writers succeeds, so that a kill at any point leaves a readable
 * state. It loads no library, since a wrapper starts before each Job: that makes a third of its start.
 */
export class JobRecord {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** A variable in the environment of every process of the Job. */
  get marker(): { name: string; value: string } {
    return { name: 'SLC_JOB_FOLDER', value: this.path };
  }

  /** Makes the folder with the spec. Returns false if the name is taken. */
  async create(spec: JobSpec): Promise<boolean> {
    return this.placeFolder(this.path, 'spec.json', spec);
  }

  /** The deadline of the spec, which was checked before it was written. Throws where there is none. */
  async deadlineMs(): Promise<number> {
    const { deadlineSeconds } = JSON.parse(await readFile(join(this.path, 'spec.json'), 'utf8'));
    if (!(deadlineSeconds > 0)) throw new Error(`${this.path} has no deadline`);
    return deadlineSeconds * 1_000;
  }

  /** Takes the right to run the Job. Returns false if another has it; then nothing may be started. */
  async claim(claim: Claim): Promise<boolean> {
    return this.placeFolder(join(this.path, 'run'), 'claim.json', claim);
  }

  /** Records the end. Only the first record counts. */
  async end(exit: Exit): Promise<void> {
    const draft = join(this.path, `.exit-${randomUUID()}`);
    await writeFile(draft, JSON.stringify(exit));
    await link(draft, join(this.path, 'exit.json')).catch((error) => {
      if (!isCode(error, 'EEXIST')) throw error;
    });
    await rm(draft, { force: true });
  }

  /** Makes a folder with one file by a rename, which fails if a folder with content exists already. */
  private async placeFolder(path: string, file: string, content: object): Promise<boolean> {
    const draft = join(dirname(path), `.draft-${randomUUID()}`);
    await mkdir(draft);
    await writeFile(join(draft, file), JSON.stringify(content));
    try {
      await rename(draft, path);
      return true;
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      if (isCode(error, 'ENOTEMPTY', 'EEXIST')) return false;
      throw error;
    }
  }
}
