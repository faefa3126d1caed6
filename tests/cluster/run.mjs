// The cluster part of `npm test`: builds the control plane, runs its own tests, then the vitest project `cluster`,
// and counts.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildCluster, goVersion } from '../../local-cluster/build.mjs';
import { runVitest } from '../../scripts/support/reports.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout', '--test-reporter=tap'];

const noGo =
  'not run: there is no "go" here, and its control plane is built with the Go of local-cluster/go.mod (https://go.dev/dl)';

/**
 * Without Go nothing is run and the note says so, unless REQUIRE_CLUSTER=1 makes that a failure. Throws where the
 * control plane cannot be built. A run that ends badly without a failed test counts as one failure.
 * @returns {Promise<import('../../scripts/support/reports.mjs').Outcome>}
 */
export async function runClusterTests() {
  if (!goVersion()) {
    console.error(`The cluster tests were ${noGo}.`);
    return { passed: 0, failed: process.env.REQUIRE_CLUSTER === '1' ? 1 : 0, note: noGo };
  }
  await buildCluster();
  const folder = mkdtempSync(join(tmpdir(), 'slc-cluster-report-'));
  try {
    const report = join(folder, 'report.tap');
    const code = await new Promise((resolve, reject) => {
      const args = ['--test', ...reporters, `--test-reporter-destination=${report}`, join(here, 'smoke.test.mjs')];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
      child.once('error', reject);
      child.once('close', (exit) => resolve(exit ?? 1));
    });
    const said = readFileSync(report, 'utf8');
    const count = (/** @type {string} */ what) => Number(said.match(new RegExp(`^# ${what} (\\d+)$`, 'm'))?.[1] ?? 0);
    const failed = count('fail') + count('cancelled');
    const launcher = await runVitest('cluster');
    return {
      ...launcher,
      passed: count('pass') + launcher.passed,
      failures: [
        ...[...said.matchAll(/^\s*not ok \d+ - (.+)$/gm)].map(([, name]) => `tests/cluster: ${name}`),
        ...(launcher.failures ?? []),
      ],
      failed: (failed === 0 && code !== 0 ? 1 : failed) + launcher.failed,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
