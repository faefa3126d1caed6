import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { activeDaysCsv } from '@/lib/active-days/active-days-csv';
import { type ActiveDaysDiff, type AgentDays, countsOf, diffAgents, totalsOf } from '@/lib/active-days/model';
import { countVerdicts, verdictOf } from '@/lib/active-days/verdict-model';

const side = fc
  .dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), fc.nat(30))
  .map((days) => new Map(Object.entries(days)));
const sides = fc.record({ before: side, expected: side, after: side });

describe('verdicts', () => {
  test.each<[AgentDays, AgentDays, AgentDays, string]>([
    [0, 1, 1, 'fixed'],
    [null, 1, 1, 'fixed'],
    [1, null, null, 'fixed'],
    [0, null, null, 'fixed'],
    [1, 1, 1, 'unchanged'],
    [0, 0, 0, 'unchanged'],
    [null, null, null, 'unchanged'],
    [0, 1, 0, 'still wrong'],
    [0, 2, 1, 'still wrong'],
    [null, 1, 0, 'still wrong'],
    [1, 1, 2, 'changed unexpectedly'],
    [1, 1, null, 'changed unexpectedly'],
    [null, null, 0, 'changed unexpectedly'],
  ])('before %s, expected %s, after %s is "%s"', (before, expected, after, verdict) => {
    expect(verdictOf(before, expected, after)).toBe(verdict);
  });
});

describe('the diff', () => {
  test('loses no agent of any side and invents none', () => {
    fc.assert(
      fc.property(sides, (input) => {
        const agents = diffAgents(input).map((row) => row.agent);
        const known = new Set([...input.before.keys(), ...input.expected.keys(), ...input.after.keys()]);
        expect(new Set(agents)).toEqual(known);
        expect(agents).toHaveLength(known.size);
      }),
    );
  });

  test('has totals that are the sums of its rows, and of each side', () => {
    fc.assert(
      fc.property(sides, (input) => {
        const rows = diffAgents(input);
        const sum = (map: ReadonlyMap<string, number>) => [...map.values()].reduce((total, days) => total + days, 0);
        expect(totalsOf(rows)).toEqual({
          before: sum(input.before),
          expected: sum(input.expected),
          after: sum(input.after),
        });
        const counts = countVerdicts(rows);
        expect(Object.values(counts).reduce((total, count) => total + count, 0)).toBe(rows.length);
      }),
    );
  });

  test('keeps N/A apart from 0', () => {
    const [row] = diffAgents({ before: new Map(), expected: new Map([['x', 0]]), after: new Map([['x', 0]]) });
    expect(row).toEqual({ agent: 'x', before: null, expected: 0, after: 0, verdict: 'fixed' });
  });

  test('expects 0 of an agent who has labels and no truth, and N/A once the labels are gone', () => {
    const orphan = new Map([['x', 2]]);
    const none = new Map<string, number>();
    expect(diffAgents({ before: orphan, expected: none, after: orphan })[0]).toMatchObject({
      expected: 0,
      verdict: 'still wrong',
    });
    expect(diffAgents({ before: orphan, expected: none, after: none })[0]).toMatchObject({
      expected: null,
      after: null,
      verdict: 'fixed',
    });
  });

  test('calls nobody still wrong where nothing was repaired', () => {
    const now = new Map([['a', 0]]);
    const sides = { before: now, expected: new Map([['a', 1]]), after: now };
    expect(diffAgents(sides, { compared: false })[0]?.verdict).toBe('wrong');
    expect(diffAgents({ ...sides, expected: now }, { compared: false })[0]?.verdict).toBe('right');
    expect(diffAgents(sides)[0]?.verdict).toBe('still wrong');
  });

  test('puts what differs first', () => {
    const rows = diffAgents({
      before: new Map([
        ['a', 1],
        ['b', 0],
        ['c', 1],
        ['d', 0],
      ]),
      expected: new Map([
        ['a', 1],
        ['b', 1],
        ['c', 1],
        ['d', 1],
      ]),
      after: new Map([
        ['a', 1],
        ['b', 1],
        ['c', 2],
        ['d', 0],
      ]),
    });
    expect(rows.map((row) => row.verdict)).toEqual(['changed unexpectedly', 'still wrong', 'fixed', 'unchanged']);
  });
});

test('an agent of other use cases only counts 0 under a use case filter', () => {
  const rows = [
    { agent: 'a', useCase: null, days: 3 },
    { agent: 'a', useCase: 'chat', days: 2 },
    { agent: 'b', useCase: null, days: 1 },
    { agent: 'b', useCase: 'voice', days: 1 },
  ];
  expect([...countsOf(rows, null)]).toEqual([
    ['a', 3],
    ['b', 1],
  ]);
  expect([...countsOf(rows, 'chat')]).toEqual([
    ['a', 2],
    ['b', 0],
  ]);
});

test('CSV writes N/A and 0 apart, quotes what needs it, and defuses formulas', () => {
  const at = { moment: 'now', takenAtMs: 0 };
  const diff: Pick<ActiveDaysDiff, 'agents' | 'compared'> = {
    compared: { before: at, after: at },
    agents: [
      { agent: '=HYPERLINK("http://evil")', before: null, expected: 0, after: 0, verdict: 'fixed' },
      { agent: 'Last, "First"', before: 1, expected: 1, after: 1, verdict: 'unchanged' },
      { agent: '+1', before: 0, expected: null, after: null, verdict: 'fixed' },
    ],
  };
  expect(activeDaysCsv(diff).trimEnd().split('\n')).toEqual([
    'agent,before,expected,after,verdict',
    '"\'=HYPERLINK(""http://evil"")",N/A,0,0,fixed',
    '"Last, ""First""",1,1,1,unchanged',
    "'+1,0,N/A,N/A,fixed",
  ]);
  expect(activeDaysCsv({ ...diff, compared: null }).split('\n')[0]).toBe('agent,labels,expected,verdict');
});
