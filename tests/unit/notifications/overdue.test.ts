import { describe, expect, it } from 'vitest';
import { overdueSteps, summaryKey } from '@/lib/notifications/conditions/overdue';

const lookedAtMs = Date.UTC(2026, 1, 10, 9);
const late = (...ids: string[]) => ids.map((customerId) => ({ customerId, lookedAtMs }));
const many = late('a', 'b', 'c', 'd', 'e', 'f', 'g');
const seen = { customers: 1, unseen: 0, failing: 0 };
const summary = { caseKey: summaryKey, customerId: null, ...seen, customers: 50 };
const caseOf = (customerId: string) => ({ caseKey: `${summaryKey} ${customerId}`, customerId, ...seen });
const of50 = { customers: 50, isOff: false };

describe('overdue customers', () => {
  it('are told of one by one while they are few', () => {
    const { announce, resolve } = overdueSteps(late('a', 'b'), [], of50);
    expect(announce.map(({ title }) => title)).toEqual(['The scan of a is overdue.', 'The scan of b is overdue.']);
    expect(announce[0]?.lines[0]).toBe('It was last looked at on 2026-02-10 09:00 UTC.');
    expect(resolve).toEqual([]);
  });

  it('are one summary where they are many, and resolve it only when nobody is overdue', () => {
    expect(overdueSteps(many, [], of50).announce).toMatchObject([
      { caseKey: summaryKey, title: 'The scans of 7 customers are overdue.', measure: { affected: 7, share: 0.14 } },
    ]);
    const fewer = overdueSteps(late('a'), [summary], of50);
    expect(fewer).toMatchObject({ announce: [{ title: 'The scan of 1 customer is overdue.' }], resolve: [] });
    expect(overdueSteps([], [summary], of50)).toMatchObject({ announce: [], resolve: [{ caseKey: summaryKey }] });
  });

  it('are resolved when they were looked at, each its own case', () => {
    const steps = overdueSteps(late('b'), [caseOf('a'), caseOf('b')], of50);
    expect(steps.resolve).toEqual([{ caseKey: 'scan overdue a', sentence: 'a was looked at again.' }]);
  });

  it('are resolved with the reason for which they are not overdue, or stay open where it is not known', () => {
    const over = (more: object, isOff = false) =>
      overdueSteps([], [{ ...caseOf('a'), unseen: 1, ...more }], { customers: 50, isOff }).resolve.map(
        ({ sentence }) => sentence,
      );
    expect(over({})).toEqual([]);
    expect(over({ failing: 1 })).toEqual(['Scans of a fail, which is told in a case of its own.']);
    expect(over({}, true)).toEqual(['The schedule is off, so no scan is overdue.']);
    expect(over({ customers: 0, unseen: 0 })).toEqual(['a is not watched any more.']);
    const several = (more: object) => overdueSteps([], [{ ...summary, ...more }], of50).resolve;
    expect(several({ unseen: 3, failing: 2 })).toEqual([]);
    expect(several({ unseen: 2, failing: 2 })[0]?.sentence).toMatch(/^The others .* Scans of 2 customers fail/);
  });

  it('are said to have been looked at never where that is so', () => {
    const [one] = overdueSteps([{ customerId: 'new', lookedAtMs: null }], [], of50).announce;
    expect(one?.lines[0]).toBe('It was never looked at.');
  });
});
