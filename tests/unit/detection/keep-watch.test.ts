import { expect, it } from 'vitest';
import { keepWatch } from '@/lib/detection/changes/keep-watch';
import type { Look } from '@/lib/detection/changes/model';
import type { Transaction } from '@/lib/postgres/client';

const look: Look = {
  atMs: 1_000,
  fromDay: '2026-02-01',
  toDay: '2026-02-03',
  rules: '',
  tables: {
    cluster: null,
    truth: { database: 'd', table: 't' },
    labels: { database: 'd', table: 'l' },
    all: [],
  },
  marks: [],
  digests: [],
  parts: [],
  during: [],
  audited: null,
  marked: 0,
};

it('marks the days of a scan where one of a newer look began the watch at the same time', async () => {
  const asked: [string, unknown][] = [];
  const query = async ({ name }: { name: string }, params: unknown) => {
    asked.push([name, params]);
    return [];
  };
  const days = ['2026-02-01', '2026-02-02'];
  const scan = {
    id: 'scan',
    customerId: 'acme',
    fromDay: '2026-02-01',
    toDay: '2026-02-03',
    cause: 'schedule' as const,
  };
  const found = days.map((day) => ({ day, asOfMs: 1_000 }));
  const ended = { scan, kind: 'full' as const, reason: '', timeZone: 'UTC', look, days, found, turns: {} };
  await keepWatch({ query } as unknown as Transaction, ended);
  expect(asked.at(-1)).toEqual(['changes.mark_turned', { customerId: 'acme', days }]);
  expect(asked.map(([name]) => name)).not.toContain('changes.upsert_checked');
});
