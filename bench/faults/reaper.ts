import { spawn } from 'node:child_process';
import { childEnvironment } from '@/lib/config';
import { endAll } from './processes';

/** A process that outlives a killed bench just long enough to end the processes that it left behind. */
export function startReaper(dataDir: string): void {
  const args = [process.argv[1] ?? '', 'reaper', dataDir];
  const reaper = spawn(process.execPath, args, {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    // NOTE: it runs without the marker, or it would end itself.
    env: childEnvironment({ SLC_DATA_DIR: '' }),
  });
  reaper.unref();
}

/** Its input closes when the bench ends, however it ends. */
export async function reap(dataDir: string): Promise<void> {
  for await (const _ of process.stdin);
  await endAll(dataDir);
}
