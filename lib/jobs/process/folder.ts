import { open, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { JobName, JobSpec } from '../model';
import { type Claim, type Exit, exitReasons, isCode, JobRecord } from './record';

const ClaimFile: z.ZodType<Claim> = z.object({
  pid: z.number(),
  startTicks: z.string(),
  bootId: z.string(),
  startedAt: z.number(),
});
const ExitFile: z.ZodType<Exit> = z.object({
  reason: z.enum(exitReasons),
  exitCode: z.number().nullable(),
  signal: z.string().nullable(),
  endedAt: z.number(),
});

/** The folder of a Job, with its `log`. */
export class JobFolder extends JobRecord {
  readonly logPath: string;

  constructor(jobsDir: string, name: string) {
    super(join(jobsDir, JobName.parse(name)));
    this.logPath = join(this.path, 'log');
  }

  readSpec = () => this.read('spec.json', JobSpec);
  readClaim = () => this.read('run/claim.json', ClaimFile);
  readExit = () => this.read('exit.json', ExitFile);

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
