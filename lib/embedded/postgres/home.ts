import { createHash } from 'node:crypto';
import { accessSync, chmodSync, constants, existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { readPrivateJson, writePrivateJson } from '../private-file';
import { type Account, engineAccount, isReachable } from './account';
import { copyBinaries, installedBinaries } from './binaries';
import { stopOrphan } from './orphan';

/** Where one embedded Postgres lives: programs, data, and whom it runs as. */
export type Home = { folder: string; bin: string; data: string; account: Account; outside: boolean };

const Owner = z.object({ dataDir: z.string(), id: z.string() });

/**
 * Finds or makes the home for `dataDir`. It is `<dataDir>/postgres`, unless the engine's account cannot get there (a
 * clone below a 0700 folder): then programs and data go to a 0755 folder of the system's state or temp directory,
 * named after the clone. `id` ties that folder to this data folder: one that an earlier clone of the same path left
 * behind is removed.
 */
export async function preparePostgresHome(dataDir: string, id: string): Promise<Home> {
  mkdirSync(dataDir, { recursive: true });
  const { folder: installed, version } = installedBinaries();
  const inside = join(dataDir, 'postgres');
  const insideData = join(inside, 'data');
  const account = engineAccount(existsSync(insideData) ? insideData : null);
  if (isReachable(dataDir, account) && isReachable(installed, account)) {
    mkdirSync(inside, { recursive: true });
    chmodSync(inside, 0o711);
    return { folder: inside, bin: join(installed, 'bin'), data: insideData, account, outside: false };
  }
  const folder = outsideFolder(dataDir);
  await removeLeftover(folder, dataDir, id);
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  writePrivateJson(join(folder, 'owner.json'), { dataDir, id });
  const programs = join(folder, `programs-${version}`);
  copyBinaries(installed, programs);
  const data = join(folder, 'data');
  return {
    folder,
    bin: join(programs, 'bin'),
    data,
    account: engineAccount(existsSync(data) ? data : null),
    outside: true,
  };
}

function outsideFolder(dataDir: string): string {
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 8);
  const clone = basename(dirname(dataDir)).replace(/[^A-Za-z0-9._-]/g, '_');
  return join(isWritable('/var/lib') ? '/var/lib' : tmpdir(), `stale-label-console-${clone}-${hash}`);
}

async function removeLeftover(folder: string, dataDir: string, id: string): Promise<void> {
  const owner = readPrivateJson(join(folder, 'owner.json'), Owner);
  if (!owner || owner.dataDir !== dataDir || owner.id === id) return;
  await stopOrphan(join(folder, 'data'));
  rmSync(folder, { recursive: true, force: true });
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
