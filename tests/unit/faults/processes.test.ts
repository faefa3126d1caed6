import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { endAll, familyOf, markerOf } from '@/bench/faults/processes';
import { processesWith } from '@/lib/processes';
import { until } from '../../support/until';

const dataDir = mkdtempSync(join(tmpdir(), 'slc-faults-test-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const sleeper = (folder: string) =>
  spawn('sh', ['-c', 'sleep 600 & sleep 600'], {
    env: { NODE_ENV: 'test', PATH: process.env.PATH, SLC_DATA_DIR: folder },
  });

test('a bench ends all that runs on its data folder, frozen processes and children too, and nothing else', async () => {
  const [own, other] = [sleeper(dataDir), sleeper(`${dataDir}-other`)];
  const [pid, otherPid] = [own.pid ?? 0, other.pid ?? 0];
  await until('both have children', () => familyOf(pid).length === 3 && familyOf(otherPid).length === 3);
  process.kill(pid, 'SIGSTOP');
  await endAll(dataDir);
  expect(processesWith(markerOf(dataDir))).toEqual([]);
  expect(processesWith(markerOf(`${dataDir}-other`))).toHaveLength(3);
  await endAll(`${dataDir}-other`);
});
