// The cluster part of `npm test`: builds the control plane, runs every *.test.mjs of this folder, counts.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildCluster } from './build.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout', '--test-reporter=tap'];

/**
 * Throws where the control plane cannot be built. A run that ends badly without a failed test counts as one failure.
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runClusterTests() {
  await buildCluster();
  const folder = mkdtempSync(join(tmpdir(), 'slc-cluster-report-'));
  try {
    const report = join(folder, 'report.tap');
    const code = await new Promise((resolve, reject) => {
      const args = ['--test', ...reporters, `--test-reporter-destination=${report}`, here];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
      child.once('error', reject);
      child.once('close', (exit) => resolve(exit ?? 1));
    });
    const said = readFileSync(report, 'utf8');
    const count = (/** @type {string} */ what) => Number(said.match(new RegExp(`^# ${what} (\\d+)$`, 'm'))?.[1] ?? 0);
    const failed = count('fail') + count('cancelled');
    return { passed: count('pass'), failed: failed === 0 && code !== 0 ? 1 : failed };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
