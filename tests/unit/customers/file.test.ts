import { expect, it } from 'vitest';
import { fileOf, parseFile } from '@/lib/customers/file/parse-file';
import { planFile } from '@/lib/customers/file/plan-file';
import type { StoredCustomer } from '@/lib/customers/state-model';

const stored = (id: string, more: Partial<StoredCustomer> = {}): StoredCustomer => ({
  id,
  displayName: id,
  database: id,
  timeZone: 'UTC',
  profiles: ['main'],
  aliases: [],
  version: 1,
  state: 'active',
  stateReason: null,
  stateAtMs: null,
  changedBy: null,
  changedAtMs: null,
  ...more,
});
const registry = [
  stored('acme', { displayName: 'Acme: "the" #1', aliases: ['AC', 'no'], profiles: ['1', 'yes'] }),
  stored('old', { state: 'retired' }),
  stored('slow', { state: 'paused', timeZone: 'America/Los_Angeles' }),
];
const plan = (text: string, retireOthers = false) =>
  planFile(parseFile(text), registry, { retireOthers }).map(({ line }) => line);

it('an exported file changes nothing, whatever the names hold', () => {
  expect(plan(fileOf(registry), true)).toEqual([]);
});

it('the preview has a line for each addition, change, pause and resume, and retires others only where asked', () => {
  const text = `customers:
  - id: new
    database: new_db
    timeZone: UTC
    profiles: [main]
  - { id: acme, database: acme, timeZone: Europe/Berlin, profiles: ['1', 'yes'], name: Acme, state: paused }
  - { id: old, database: old, timeZone: UTC, profiles: [main] }
`;
  const lines = [
    'add new: new_db, UTC',
    'change acme: name Acme: "the" #1 → Acme; timeZone UTC → Europe/Berlin; aliases AC, no → none; every day is counted again',
    'pause acme (it is active)',
    'resume old (it is retired)',
  ];
  expect(plan(text)).toEqual(lines);
  expect(plan(text, true)).toEqual([...lines, 'retire slow (it is paused)']);
});

it.each([
  ['customers:\n  - id: acme\n    id: acme\n', /line 3: .*unique/i],
  ['customers:\n  - id: acme\n    database: acme\n    timeZone: Mars\n    profiles: [a]\n', /line 4: timeZone: /],
  ['customers:\n  - id: acme\n    databse: acme\n    timeZone: UTC\n    profiles: [a]\n', /line 2: .*databse/],
  [
    'customers:\n  - {id: a, database: a, timeZone: UTC, profiles: [a]}\n  - {id: a, database: a, timeZone: UTC, profiles: [a]}',
    /line 3: "a" is in line 2 already/,
  ],
  ['- acme', /line 1: the file begins with "customers:"/],
  ['', /line 1: the file begins with "customers:"/],
  ['customers: {{', /line 1: /],
  ['a: &a [1]\ncustomers: [*a, *a]', /line \d+: /],
])('%j is refused with the line at fault', (text, fault) => {
  expect(() => parseFile(text)).toThrow(fault);
  expect(() => parseFile(text)).toThrow('Nothing was changed.');
});
