import { describe, expect, it } from 'vitest';
import { bitsOf, eachFlag, flagFacts, flagNames, flagsOf } from '@/lib/detection/flags';
import { DayCounts } from '@/lib/detection/model';
import { selectChunks } from '@/lib/detection/scan/sql/chunks';
import { selectDays } from '@/lib/detection/scan/sql/scan-results';
import { sumCounts } from '@/lib/detection/sum-model';

const facts = flagNames.map((flag) => flagFacts[flag]);

describe('the table of flags', () => {
  it('gives each flag a bit of its own that a verdict has room for', () => {
    expect(facts.map(({ bit }) => Math.log2(bit)).every((power) => Number.isInteger(power) && power < 8)).toBe(true);
    expect(new Set(facts.map(({ bit }) => bit)).size).toBe(flagNames.length);
    for (const flag of flagNames) expect(flagsOf(bitsOf([flag]))).toEqual([flag]);
    expect(flagsOf(bitsOf(flagNames))).toEqual(flagNames);
  });

  it('gives each flag a word and a sentence of its own', () => {
    expect(new Set(facts.map(({ word }) => word)).size).toBe(flagNames.length);
    expect(new Set(facts.map(({ sentence }) => sentence)).size).toBe(flagNames.length);
  });
});

describe('what was counted before a flag was added', () => {
  const { missing, ...former } = eachFlag(() => 3);
  const counts = { ...sumCounts([]), affected: 9, flags: former };
  const day = {
    ...counts,
    customer_id: 'acme',
    day: '2026-02-10',
    as_of: new Date(0),
    by_agent: [],
    by_use_case: [],
    at_least: false,
  };

  it('reads as 0 of that flag, and as a count that may be higher', () => {
    expect(missing).toBe(3);
    const { day: read } = selectDays.row.parse(day);
    expect(read).toMatchObject({ atLeast: true, affected: 9, flags: { ...former, missing: 0 } });
    expect(selectDays.row.parse({ ...day, flags: eachFlag(() => 3) }).day.atLeast).toBe(false);
    expect(DayCounts.parse(counts).flags.missing).toBe(0);
  });

  it('makes a scan that goes on say "at least" too', () => {
    const chunk = (flags: object) =>
      selectChunks.row.parse({
        from_at: new Date(0),
        to_at: new Date(1),
        done: true,
        as_of: new Date(0),
        at_least: false,
        tally: [[20_494, { counts: { ...counts, flags }, openLabelled: 0, agents: {}, useCases: {} }]],
      });
    expect(chunk(former)).toMatchObject({ atLeast: true });
    expect(chunk(former).tally.get(20_494)?.counts.flags.missing).toBe(0);
    expect(chunk(eachFlag(() => 3))).toMatchObject({ atLeast: false });
  });
});
