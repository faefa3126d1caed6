import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { poll } from '@/lib/poll';
import { identify, isAlive, type ProcessId, signal } from '@/lib/processes';
import { makePrivateFolder, readPrivateJson, writePrivateJson } from './private-file';

const Process = z.object({ name: z.string(), pid: z.number(), startTicks: z.string(), bootId: z.string() });
/** The processes of a data folder: the supervisor and what it started. */
const Processes = z.object({ supervisor: Process, children: z.array(Process) });

/** What a data folder keeps between starts, besides the data of the engines. */
const Keys = z.object({
  clickhousePort: z.number().nullable(),
  clickhouseUsers: z.object({
    slc_reader: z.string(),
    slc_labeler: z.string(),
    slc_deleter: z.string(),
    admin: z.string(),
  }),
});
export type Keys = z.infer<typeof Keys>;

const orphanGraceMs = 5_000;
const mint = () => randomBytes(18).toString('base64url');
const keysPath = (dataDir: string) => join(dataDir, 'keys.json');
const processesPath = (dataDir: string) => join(dataDir, 'processes.json');

/** The keys of a data folder; new ones if the folder is new. */
export function readKeys(dataDir: string): Keys {
  const kept = readPrivateJson(keysPath(dataDir), Keys);
  if (kept) return kept;
  const users = { slc_reader: mint(), slc_labeler: mint(), slc_deleter: mint(), admin: mint() };
  return { clickhousePort: null, clickhouseUsers: users };
}

export const writeKeys = (dataDir: string, keys: Keys) => writePrivateJson(keysPath(dataDir), keys);

/**
 * Takes a data folder for this process. Stops what a killed supervisor left running on it, in the order given by
 * `names`; a recycled pid is never touched. Throws AppError('conflict') while another supervisor lives on it.
 */
export async function takeDataFolder(dataDir: string, names: string[], log: Log) {
  makePrivateFolder(dataDir, keysPath(dataDir));
  const before = readPrivateJson(processesPath(dataDir), Processes);
  if (before && isAlive(before.supervisor)) {
    throw new AppError(
      'conflict',
      `A console already runs on ${dataDir} (process ${before.supervisor.pid}). Stop it first, or set SLC_DATA_DIR.`,
    );
  }
  const own = identify(process.pid);
  const supervisor = { name: 'supervisor', ...(own ?? { pid: process.pid, startTicks: '', bootId: '' }) };
  let children = (before?.children ?? []).filter(isAlive);
  const write = () => writePrivateJson(processesPath(dataDir), { supervisor, children });
  write();
  for (const name of names) {
    for (const orphan of children.filter((child) => child.name === name)) {
      log.warn({ part: name, pid: orphan.pid }, `stopping the ${name} that an earlier start left behind`);
      await stopOrphan(orphan);
    }
  }
  return {
    /** Records the running processes, so that the next start can find the ones that were left. */
    record(running: { name: string; pid: number }[]): void {
      children = running.flatMap(({ name, pid }) => {
        const id = identify(pid);
        return id ? [{ name, ...id }] : [];
      });
      write();
    },
    release: () => rmSync(processesPath(dataDir), { force: true }),
  };
}

async function stopOrphan(orphan: ProcessId): Promise<void> {
  signal([orphan.pid], 'SIGTERM');
  const isGone = () => (isAlive(orphan) ? null : true);
  if (await poll({ withinMs: orphanGraceMs }, isGone)) return;
  signal([orphan.pid], 'SIGKILL');
  await poll({}, isGone);
}
