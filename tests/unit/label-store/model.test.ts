import { ClickHouseError } from '@clickhouse/client';
import { describe, expect, it } from 'vitest';
import { AppError } from '@/lib/errors';
import { outcomeOf } from '@/lib/label-jobs/submit-delete';
import {
  backupIdOf,
  hostsToCome,
  listIdOf,
  listTagText,
  reportOf,
  tagIn,
  tagOfBackup,
  tagText,
  unitTagText,
} from '@/lib/label-store/model';
import { PlanKill } from '@/lib/mutations/kill-model';

describe('a tag', () => {
  it('names run, day and attempt, and is read back from a command', () => {
    const tag = { runId: '018f-aa', unit: '2026-02-10', attempt: 12 };
    expect(tagIn(`(DELETE WHERE a = 1 AND ('${tagText(tag)}' != ''))`)).toEqual(tag);
    expect(tagIn("(DELETE WHERE agent = 'slc:')")).toBeNull();
  });

  it('cannot carry a quote', () => {
    expect(() => tagText({ runId: "x' OR 1", unit: '2026-02-10', attempt: 1 })).toThrow();
  });
});

describe('a Job’s report', () => {
  it('is its last line, and nothing where it was cut off', () => {
    const line = JSON.stringify({ kind: 'delete', exit: 'done', numbers: { rows: 2 } });
    expect(reportOf(`Deleting\n${line}\n`)).toEqual({ kind: 'delete', exit: 'done', numbers: { rows: 2 } });
    expect(reportOf('Deleting\n{"kind":"del')).toBeNull();
    expect(reportOf('Deleting\n')).toBeNull();
    expect(reportOf('')).toBeNull();
  });
});

describe('names of what is outside', () => {
  const tag = { runId: '1b4e28ba-2fa1-41d2-883f-0016d3cca427', unit: '2026-02-10', attempt: 3 };
  it('tell whose they are, and a list of wrong rows from a backup', () => {
    expect(tagOfBackup(backupIdOf(tag))).toEqual({ ...tag, list: false });
    expect(tagOfBackup(listIdOf(tag))).toEqual({ ...tag, list: true });
    expect(tagOfBackup('something/else')).toBeNull();
    expect(listTagText(tag)).toBe(`${unitTagText(tag)}/3/wrong`);
  });
});

describe('what is known after a submission threw', () => {
  const refused = (code: string) => new ClickHouseError({ code, message: 'no', type: 'T' });
  it.each([
    ['ClickHouse refused it', refused('497'), 'failed'],
    ['distributed DDL timed out', new AppError('limit', 'x', { cause: refused('159') }), 'unclear'],
    ['a replica did not finish', refused('341'), 'unclear'],
    [
      'nothing listens',
      new AppError('unavailable', 'x', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) }),
      'engineUnavailable',
    ],
    [
      'the connection was reset',
      new AppError('unavailable', 'x', { cause: Object.assign(new Error(), { code: 'ECONNRESET' }) }),
      'unclear',
    ],
    ['something unknown happened', new Error('?'), 'unclear'],
  ] as const)('%s', (_, error, outcome) => {
    expect(outcomeOf(error)).toBe(outcome);
  });
});

describe('a host that a person names', () => {
  const accepted = (host: string) =>
    PlanKill.safeParse({ customerId: 'acme', host, mutationId: 'mutation_1.txt' }).success;

  it.each(['clickhouse-0-1.clickhouse.prod.svc', 'host:9000', '::1', 'büro-3'])('%s is one', (host) => {
    expect(accepted(host)).toBe(true);
  });

  it.each(['', 'first\nsecond', 'a\0b', '\u202Egnp.exe', 'two words', 'x'.repeat(256), '\ud800'])(
    '%j is none',
    (host) => {
      expect(accepted(host)).toBe(false);
    },
  );
});

it('a delete is to come on each host of the cluster that does not list the newest attempt', () => {
  const listed = (...attempts: number[]) => attempts.map((attempt) => ({ attempt }));
  expect(hostsToCome(listed(1), 1)).toBe(0);
  expect(hostsToCome(listed(1, 1, 1), 4)).toBe(1);
  expect(hostsToCome(listed(1, 1, 1, 1), 4)).toBe(0);
  expect(hostsToCome(listed(1, 1, 1, 1, 2), 4)).toBe(3);
  // More hosts list it than the cluster has now.
  expect(hostsToCome(listed(2, 2, 2, 2, 2), 4)).toBe(0);
  expect(hostsToCome([], 4)).toBe(0);
});
