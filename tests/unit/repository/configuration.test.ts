import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { Environment, groups } from '@/lib/config-environment';

const entries = Object.values(groups).flatMap((group) => Object.entries(group as Record<string, z.ZodType>));

/** One variable as a row of a Markdown table; its default is the schema's, or what `about` says. */
function rowOf([key, schema]: [string, z.ZodType]): string {
  const { description, unset } = schema.meta() ?? {};
  const standard = schema instanceof z.ZodDefault ? `\`${String(schema.def.defaultValue)}\`` : String(unset);
  return `| \`${key}\` | ${standard} | ${description} |`;
}

const head = '| Variable | Default | Meaning |\n| --- | --- | --- |';

const document = `# Configuration

Every environment variable that the console reads, from \`lib/config-environment.ts\`. A test writes this page:
\`npx vitest run --project unit tests/unit/repository/configuration.test.ts -u\`.

The environment comes first, then \`run.json\` in the data folder, which the embedded start writes, then the default.
"embedded" means that the embedded start makes the connection itself. A value that cannot be used ends the process with a
sentence that names every variable at fault.
${Object.entries(groups)
  .map(([title, group]) => `\n## ${title}\n\n${head}\n${Object.entries(group).map(rowOf).join('\n')}\n`)
  .join('')}`;

it('docs/configuration.md has every variable with its default and its meaning', async () => {
  await expect(document).toMatchFileSnapshot('../../../docs/configuration.md');
});

it('every variable is in one group and says what it means in a sentence', () => {
  const keys = entries.map(([key]) => key);
  expect(keys.toSorted()).toEqual(Object.keys(Environment.shape).toSorted());
  expect(new Set(keys).size).toBe(keys.length);
  expect(
    entries.filter(([, schema]) => !/^[A-Z].*\.$/.test(schema.meta()?.description ?? '')).map(([key]) => key),
  ).toEqual([]);
});

it('the README lists the twelve that people set, in the same words', () => {
  const rows = readFileSync('README.md', 'utf8').match(/^\| `[A-Z_]+` \|.*$/gm) ?? [];
  expect(rows).toHaveLength(12);
  expect(rows.filter((row) => !document.includes(row))).toEqual([]);
});
