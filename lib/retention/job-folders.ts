import { rm } from 'node:fs/promises';
import type { Context } from '@/lib/context';
import { jobsDirOf, listFolders } from '@/lib/jobs/process/folder';
import { keepMsOf } from './keep';
import { selectOpenRuns } from './sql/rounds';

/**
 * Removes the folders of Jobs that ran here as local processes, with their logs, when they ended as long ago as
 * SLC_KEEP_STEP_DAYS says and no open run is theirs. Returns their number. On Kubernetes Jobs have a time to live.
 */
export async function ageOutJobFolders({
  config,
  db,
  clock,
}: Pick<Context, 'config' | 'db' | 'clock'>): Promise<number> {
  const folders = await listFolders(jobsDirOf(config.dataDir));
  if (folders.length === 0) return 0;
  const open = await db.query(selectOpenRuns);
  const beforeMs = clock.now() - keepMsOf(config, { keep: 'steps' });
  let removed = 0;
  for (const folder of folders) {
    const [exit, spec] = await Promise.all([folder.readExit(), folder.readSpec()]);
    if (!exit || exit.endedAt >= beforeMs) continue;
    const annotations = Object.values(spec?.annotations ?? {});
    if (open.some((run) => annotations.includes(run))) continue;
    await rm(folder.path, { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}
