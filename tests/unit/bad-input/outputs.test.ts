import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { table } from '@/bin/cli/output';
import { inMarkdown } from '@/components/ui/markdown';
import { activeDaysCsv } from '@/lib/active-days/active-days-csv';
import { auditColumns } from '@/lib/audit/export-audit';
import { quoteName, quoteTable } from '@/lib/clickhouse/identifiers';
import { failureOf } from '@/lib/edge/failure';
import { AppError } from '@/lib/errors';
import { csvRows } from '@/lib/export/csv';
import { ownManifest, relabelManifest } from '@/lib/jobs/manifest';
import { type JobKind, JobSpec, jobKinds } from '@/lib/jobs/model';
import { jobLabels, jobName } from '@/lib/jobs/name';
import { backupIdOf, tagIn, tagText } from '@/lib/label-store/model';
import { createLog } from '@/lib/log';
import { visible } from '@/lib/text';
import { hostileTexts } from '@/tests/support/hostile';

const text = fc.oneof(
  fc.constantFrom(...Object.values(hostileTexts)),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom('\0', '\ud800', 'a\nb', '\u2028', '\u0085'),
);

describe('SQL', { timeout: 60_000 }, () => {
  it('an identifier stands in quotes that it cannot end, or is refused, whatever it is', () => {
    fc.assert(
      fc.property(text, (name) => {
        let quoted: string;
        try {
          quoted = quoteName(name);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          return;
        }
        expect(quoted).toMatch(/^`(?:[^`\\\p{Cc}]|\\[`\\])+`$/u);
        expect(quoted.slice(1, -1).replace(/\\(.)/g, '$1')).toBe(name);
        expect(quoteTable({ database: name, table: name })).toBe(`${quoted}.${quoted}`);
      }),
    );
  });

  it('a mutation’s tag and a backup’s id take no run that could end a quote', () => {
    fc.assert(
      fc.property(text, (runId) => {
        const tag = { runId, unit: '2026-02-10', attempt: 1 };
        try {
          expect(tagIn(`'${tagText(tag)}' != ''`)).toEqual(tag);
          expect(backupIdOf(tag)).toMatch(/^[\w-]{1,64}\/2026-02-10\/1$/);
        } catch {
          expect(runId).not.toMatch(/^[A-Za-z0-9_-]{1,64}$/);
        }
      }),
    );
  });
});

describe('a Job', { timeout: 60_000 }, () => {
  const cronJob = (name: string) => ({
    spec: {
      jobTemplate: {
        spec: { template: { spec: { containers: [{ name, image: 'i', env: [{ name: 'A', value: 'a' }] }] } } },
      },
    },
  });
  const Labels = /^(|[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)$/;

  it('has a name that is a name in Kubernetes and a folder, whatever the ids', () => {
    fc.assert(
      fc.property(text, text, fc.nat(), fc.constantFrom(...jobKinds), (runId, itemId, attempt, kind) => {
        expect(jobName({ kind, unit: '2026-02-10', runId, itemId, attempt })).toMatch(/^[a-z0-9-]{1,63}$/);
      }),
    );
  });

  it('carries hostile values as values: labels stay labels, the text comes out of the manifest unchanged', () => {
    fc.assert(
      fc.property(text, fc.constantFrom(...jobKinds), (value, kind: JobKind) => {
        const spec = JobSpec.parse({
          name: 'relabel-2026-02-10-0123456789',
          kind,
          envOverrides: { A: value, FILTER: value },
          deadlineSeconds: 60,
          annotations: { run: value },
          labels: jobLabels({ customer: value, day: '2026-02-10' }),
        });
        const where = { namespace: 'n', fingerprint: 'f' };
        for (const manifest of [
          relabelManifest(cronJob('label'), spec, { ...where, container: null }),
          ownManifest(cronJob('job'), spec, where),
        ]) {
          const read = JSON.parse(JSON.stringify(manifest));
          const pod = read.spec.template;
          for (const { labels = {}, annotations = {} } of [read.metadata, pod.metadata]) {
            for (const label of Object.values(labels)) expect(label).toMatch(Labels);
            for (const key of Object.keys({ ...labels, ...annotations })) expect(key).toMatch(/^[\w./-]{1,316}$/);
          }
          expect(read.metadata.annotations['stale-label-console/run']).toBe(value);
          const [container] = pod.spec.containers;
          expect(container.env.filter((entry: { name: string }) => entry.name === 'A')).toEqual([{ name: 'A', value }]);
          expect(pod.spec.containers).toHaveLength(1);
        }
      }),
    );
  });
});

describe('CSV', { timeout: 60_000 }, () => {
  const cells = (csv: string): string[] => {
    const found: string[] = [];
    for (let at = 0; at < csv.length; ) {
      if (csv[at] === '"') {
        let end = at + 1;
        while (csv[end] !== '"' || csv[end + 1] === '"') end += csv[end] === '"' ? 2 : 1;
        found.push(csv.slice(at + 1, end).replaceAll('""', '"'));
        at = end + 2;
        continue;
      }
      const rest = csv.slice(at).search(/[,\n]/);
      const end = rest < 0 ? csv.length : at + rest;
      found.push(csv.slice(at, end));
      at = end + 1;
    }
    return found;
  };

  it('no cell begins as a formula, and every text comes back', () => {
    fc.assert(
      fc.property(text, (value) => {
        const entry = {
          id: 1,
          atMs: 0,
          actor: value,
          actorSubject: value,
          role: 'r',
          via: 'v',
          requestId: value,
          action: value,
        } as const;
        const scope = { customerId: value, fromDay: null, toDay: null, runId: null, planHash: value } as const;
        const rest = {
          subject: value,
          reason: value,
          detail: { [value]: value },
          seq: 1,
          previousHash: null,
          hash: null,
        } as const;
        const row = { ...entry, ...scope, ...rest, result: 'done' } as const;
        const audit = csvRows([Object.values(auditColumns).map((read) => read(row))]);
        const agents = activeDaysCsv({
          compared: null,
          agents: [{ agent: value, before: 0, expected: 1, after: 1, verdict: 'fixed' }],
        });
        for (const cell of [...cells(audit), ...cells(agents)])
          expect(cell).not.toMatch(/^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/);
        expect(cells(audit).some((cell) => cell === value || cell === `'${value}`)).toBe(true);
        expect(cells(audit)).toHaveLength(20);
      }),
    );
  });
});

describe('the log', { timeout: 60_000 }, () => {
  it('is one line of JSON an event, whatever is logged', () => {
    const lines: string[] = [];
    const log = createLog('test', 'trace', { write: (line) => lines.push(line) });
    fc.assert(
      fc.property(text, fc.jsonValue(), (value, json) => {
        lines.length = 0;
        log.info({ [value]: value, json, err: new Error(value) }, value);
        failureOf(new AppError('refused', value, { cause: new Error(value) }), { log, name: value, requestId: value });
        failureOf(value, { log, name: value, requestId: value });
        failureOf(new Error(value), { log, name: value, requestId: value });
        expect(lines).toHaveLength(4);
        for (const line of lines) {
          expect(line.indexOf('\n')).toBe(line.length - 1);
          expect(JSON.parse(line)).toMatchObject({ process: 'test' });
        }
      }),
    );
  });

  it('shows a person only the sentence of an expected failure', () => {
    const log = createLog('test', 'silent');
    fc.assert(
      fc.property(fc.string({ minLength: 12 }), (secret) => {
        const shown = JSON.stringify(failureOf(new Error(secret), { log, name: 'n', requestId: 'r' }));
        expect(shown).not.toContain(JSON.stringify(secret).slice(1, -1));
      }),
    );
  });
});

describe('the terminal', { timeout: 60_000 }, () => {
  it('gets no control character, line break or change of direction from data', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(visible(value)).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
        const drawn = table(['A'], [[value]]).split('\n');
        expect(drawn).toHaveLength(2);
      }),
    );
  });
});

it('no page writes HTML of its own', () => {
  const files = execFileSync('git', ['ls-files', 'app', 'components'], { encoding: 'utf8' }).split('\n');
  const raw = files.filter(
    (path) =>
      /\.tsx?$/.test(path) && /dangerouslySetInnerHTML|\.innerHTML|document\.write/.test(readFileSync(path, 'utf8')),
  );
  expect(raw).toEqual([]);
});

describe('a ticket', () => {
  it.each([
    ['[click](https://elsewhere.example)', '\\[click\\]\\(https\\://elsewhere.example\\)'],
    ['<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert\\(1\\)&gt;'],
    ['@everyone', '@\u200Beveryone'],
    ['ada@example.com', 'ada@example.com'],
    ['www.elsewhere.example', 'www\\.elsewhere.example'],
    ['a | b\n# c', 'a \\| b␊\\# c'],
    ['**x** `y` _z_', '\\*\\*x\\*\\* \\`y\\` \\_z\\_'],
    ['\u202Eriа', '\uFFFDriа'],
    ['&lt;b&gt;', '&amp;lt;b&amp;gt;'],
  ])('says %j without its meaning in Markdown', (text, said) => {
    expect(inMarkdown(text)).toBe(said);
  });

  it('has no line, link, tag or mention of the data', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(inMarkdown(value)).not.toMatch(/[\p{Cc}<>]|(?<!\\)[|`[\]]|:\/\/|(^|[^\p{L}\p{N}])@(?!\u200B)/u);
      }),
    );
  });
});

describe('text that people see', () => {
  it('shows what would be hidden, and keeps the lines of a log', () => {
    expect(visible('a\u001b[31mb\u202ec\u200bd\u2066')).toBe('a␛[31mb\uFFFDc\uFFFDd\uFFFD');
    expect(visible('a\n\tb\r', { lines: true })).toBe('a\n\tb␍');
    expect(visible('می‌خواهم 👩‍👩‍👧')).toBe('می‌خواهم 👩‍👩‍👧');
  });
});
