import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from './errors';

/** The file by which a running embedded stack tells other processes of its data folder where its engines are; 0600. */
export const RunFile = z.object({
  supervisorPid: z.number().int(),
  startedAt: z.string(),
  webUrl: z.string(),
  clickhouseUrl: z.string(),
  clickhouseUsers: z.record(z.string(), z.string()),
  postgresUrl: z.string(),
  chatsUrl: z.string(),
  chatsOwnerUrl: z.string(),
});
export type RunFile = z.infer<typeof RunFile>;

export const runFilePath = (dataDir: string) => join(dataDir, 'run.json');

/** The file's content; null if no stack runs on the data folder. */
export function readRunFile(dataDir: string): RunFile | null {
  const path = runFilePath(dataDir);
  if (!existsSync(path)) return null;
  const parsed = RunFile.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success)
    throw new AppError('unavailable', `${path} is not readable. Stop the console and start it again.`);
  return parsed.data;
}
