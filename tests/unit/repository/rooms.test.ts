import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { crowdedOf, cyclesOf, faultsOf, type Source } from '@/tests/unit/repository/rules';

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(path));
const read = (path: string): Source => ({ path, text: readFileSync(path, 'utf8') });
const sources = files.filter((path) => /^(app|components|lib)\/.*\.tsx?$/.test(path)).map(read);

it('every file keeps to the rooms of the house style', () => {
  expect(sources.length).toBeGreaterThan(50);
  expect(sources.flatMap(faultsOf)).toEqual([]);
});

it('no room is crowded', () => {
  expect(crowdedOf(sources.map(({ path }) => path))).toEqual([]);
});

it('no files import each other in a circle', () => {
  expect(cyclesOf(sources)).toEqual([]);
});

const rule = (path: string, text: string) => faultsOf({ path, text }).map((fault) => fault.rule);

it.each([
  [
    'lib/detection/check.ts',
    `import { startBackfill } from '@/lib/backfill/control/start-backfill';`,
    'imports go down',
  ],
  ['lib/postgres/client.ts', `import { createContext } from '../context';`, 'imports go down'],
  ['lib/jobs/x.ts', `const x = await import('@/lib/mutations/plan-kill');`, 'imports go down'],
  ['lib/backfill/plan/x.ts', `import { x } from '../repair/x';`, 'imports go down'],
  ['lib/shared/x.ts', `export const x = 1;`, 'rooms have names'],
  ['lib/backfill/shared/x.ts', `export const x = 1;`, 'rooms have names'],
  [
    'components/day/x.tsx',
    `import { quickCheck } from '@/lib/detection/judge/quick-check';`,
    'components see model and actions',
  ],
  ['lib/backfill/state/model.ts', `import { readFileSync } from 'node:fs';`, 'a model sees models, errors and zod'],
  [
    'lib/backfill/state/model.ts',
    `import { record } from '@/lib/audit/record-audit';`,
    'a model sees models, errors and zod',
  ],
  ['lib/backfill/repair/run.ts', 'const text = `SELECT 1 FROM runs`;', 'SQL stands in sql files'],
  ['lib/backfill/repair/run.ts', 'const text = `\n  DELETE FROM runs WHERE id = $1`;', 'SQL stands in sql files'],
  ...[
    `conversation_start_time < {toMs:Int64}`,
    'WHERE \\`conversation_start_time\\` BETWEEN a AND b',
    `\${side.start} >= toDateTime64({from:Int64}, 3)`,
    `\${truth.startMs} < {toMs:Int64}`,
    'toDate(x) = 1 AND start <= fromUnixTimestamp64Milli({toMs:Int64})',
  ].map((text) => ['lib/detection/judge/sql/read.ts', text, 'the range of starts is in one file']),
  ['lib/log.ts', `const level = process.env.LEVEL;`, 'config alone reads process.env'],
  ['lib/backfill/repair/run.ts', `export default function run() {}`, 'no default exports'],
  ['lib/backfill/repair/index.ts', `export const x = 1;`, 'no barrels'],
  ['lib/labeler/x.ts', `import { Session } from 'chdb';`, 'only embedded knows chdb'],
  [
    'lib/jobs/process/launcher.ts',
    `import * as k8s from '@kubernetes/client-node';`,
    'only jobs/kubernetes knows the Kubernetes client',
  ],
])('a fault in %s is found: %s', (path, text, expected) => {
  expect(rule(path, text)).toContain(expected);
});

it.each([
  ['lib/backfill/repair/run.ts', `import { Scope } from '@/lib/customers/model';\nimport { now } from '../clock';`],
  [
    'components/day/x.tsx',
    `import type { DayResult } from '@/lib/detection/model';\nimport { scan } from '@/lib/detection/scan/actions';`,
  ],
  ['app/page.tsx', `export default function Page() {}`],
  ['lib/backfill/state/sql/runs.ts', 'const text = `SELECT 1`;'],
  ['lib/customers/sql/scope.ts', 'conversation_start_time >= fromUnixTimestamp64Milli(ms)'],
  ['bin/worker.ts', `import { x } from '@/lib/backfill/x';\nprocess.env.X;`],
])('what is allowed in %s is no fault', (path, text) => {
  expect(rule(path, text)).toEqual([]);
});

it('a circle is found, one of types alone is none', () => {
  const a = { path: 'lib/a/a.ts', text: `import { b } from './b';` };
  expect(cyclesOf([a, { path: 'lib/a/b.ts', text: `import { a } from './a';` }])).toHaveLength(1);
  expect(cyclesOf([a, { path: 'lib/a/b.ts', text: `import type { A } from './a';` }])).toEqual([]);
});
