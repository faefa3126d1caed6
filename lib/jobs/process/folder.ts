import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { JobName, JobSpec } from '../model';

/** The wrapper process that runs a Job. `pid` is 0 if the Job was stopped before it started. */
const Claim = z.object({ pid: z.number(), startTicks: z.string(), bootId: z.string(), startedAt: z.number() });
export type Claim = z.infer<typeof Claim>;

/** `lost`: the wrapper died without recording an end. `notStarted`: the command could not be started. */
const Exit = z.object({
  reason: z.enum(['exited', 'deadline', 'stopped', 'lost', 'notStarted']),
  exitCode: z.number().nullable(),
  signal: z.string().nullable(),
  endedAt: z.number(),
});
export type Exit = z.infer<typeof Exit>;

const isCode = (error: unknown, ...codes: string[]) => codes.includes((error as NodeJS.ErrnoException).code ?? '');

/**
 * The folder of a Job: `spec.json`, `log`, `run/claim.json` once a wrapper runs it, `exit.json` at the end. Each is
 * written atomically, and only the first of two writers succeeds, so that a kill at any point leaves a readable state.
 */
export class JobFolder {
  readonly path: string;
  readonly logPath: string;

  constructor(jobsDir: string, name: string) {
    this.path = join(jobsDir, JobName.parse(name));
    this.logPath = join(this.path, 'log');
  }

  /** A variable in the environment of every process of the Job. */
  get marker(): { name: string; value: string } {
    return { name: 'SLC_JOB_FOLDER', value: this.path };
  }

  /** Makes the folder with the spec. Returns false if the name is taken. */
  async create(spec: JobSpec): Promise<boolean> {
    return this.placeFolder(this.path, 'spec.json', spec);
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

  readSpec = () => this.read('spec.json', JobSpec);
  readClaim = () => this.read('run/claim.json', Claim);
  readExit = () => this.read('exit.json', Exit);

  /** The last lines of the log, at most 1 MB; '' if there is no log. */
  async logTail(tailLines: number): Promise<string> {
    const bytesMax = 1 << 20;
    const file = await open(this.logPath, 'r').catch((error) => {
      if (isCode(error, 'ENOENT')) return null;
      throw error;
    });
    if (!file) return '';
    try {
      const { size } = await file.stat();
      const from = Math.max(0, size - bytesMax);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
      const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
      const ended = lines.at(-1) === '';
      if (ended) lines.pop();
      if (from > 0) lines.shift();
      const tail = tailLines <= 0 ? [] : lines.slice(-tailLines);
      return tail.length === 0 ? '' : tail.join('\n') + (ended ? '\n' : '');
    } finally {
      await file.close();
    }
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

  private async read<Shape extends z.ZodType>(file: string, shape: Shape): Promise<z.output<Shape> | null> {
    const text = await readFile(join(this.path, file), 'utf8').catch((error) => {
      if (isCode(error, 'ENOENT', 'ENOTDIR')) return null;
      throw error;
    });
    return text === null ? null : shape.parse(JSON.parse(text));
  }
}

/** Every Job of a data folder. */
export async function listFolders(jobsDir: string): Promise<JobFolder[]> {
  const names = await readdir(jobsDir).catch((error) => {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  });
  return names.filter((name) => JobName.safeParse(name).success).map((name) => new JobFolder(jobsDir, name));
}

export const jobsDirOf = (dataDir: string) => join(resolve(dataDir), 'jobs');
