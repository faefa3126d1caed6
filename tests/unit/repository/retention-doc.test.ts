import { expect, it } from 'vitest';
import { loadConfig } from '@/lib/config';
import { keptFor, variableOf } from '@/lib/retention/keep';
import { keptTables } from '@/lib/retention/sql/kept-tables';
import { retentionRules } from '@/lib/retention/sql/rules';

const config = loadConfig({ NODE_ENV: 'test', SLC_DATA_DIR: '/nowhere' });

const document = `# What is kept, and for how long

A worker removes once an hour what is old, in batches of 1,000 rows, each in its own transaction under an advisory lock.
\`slc retention\` shows each rule with its last round, and the size of each table; the health page warns when a rule did not
run. A test writes this page: \`npx vitest run --project unit tests/unit/repository/retention-doc.test.ts -u\`.

What happens without a rule is never removed: rows in ClickHouse are not the matter of these rules, and backups have their own
age, \`SLC_BACKUP_DAYS\`.

## What ages out

| What | Kept | Variable | What stays |
| --- | --- | --- | --- |
${retentionRules
  .map((rule) => {
    const variable = variableOf(rule);
    return `| ${rule.what} (\`${rule.table}\`) | ${keptFor(config, rule)} | ${variable ? `\`${variable}\`` : '–'} | ${rule.stays ?? 'nothing'} |`;
  })
  .join('\n')}
| folders of Jobs that ran as local processes, with their logs | ${keptFor(config, { keep: 'steps' })} | \`SLC_KEEP_STEP_DAYS\` | those of runs that are not over |
| ended jobs of the queue (\`pgboss.job\`) | 1 day | – | jobs that wait or run |

## What does not

| Table | Because |
| --- | --- |
${Object.entries(keptTables)
  .map(([table, because]) => `| \`${table}\` | ${because} |`)
  .join('\n')}
`;

it('docs/retention.md has every rule of the code', async () => {
  await expect(document).toMatchFileSnapshot('../../../docs/retention.md');
});
