import { describe, expect, test } from 'vitest';
import { Customer } from '@/lib/customers/model';
import { flagNames } from '@/lib/detection/flags';
import { everyFlagPlan } from '@/lib/embedded/demo/every-flag';
import { agentNames } from '@/lib/embedded/demo/model';
import { demoCustomers, demoPlans } from '@/lib/embedded/demo/plans';

const options = { seed: 1, nowMs: Date.UTC(2026, 10, 24, 0, 20), conversations: 300_000 };

test('the same seed and start give the same plans, another seed others', () => {
  expect(demoPlans(options)).toEqual(demoPlans(options));
  expect(demoPlans({ ...options, seed: 2 })).not.toEqual(demoPlans(options));
});

test('every plan is of a customer that the registry accepts', () => {
  expect(
    demoPlans(options)
      .map((plan) => plan.customer.id)
      .sort(),
  ).toEqual(demoCustomers.map((customer) => customer.id).sort());
  for (const customer of demoCustomers) expect(Customer.parse(customer)).toEqual(customer);
});

test('agents are different people', () => {
  expect(new Set(agentNames(240, 13)).size).toBe(240);
});

test('the large customer has as many conversations as asked for', () => {
  const plan = demoPlans({ ...options, conversations: 1_000_001 }).find((one) => one.customer.id === 'contoso');
  const counts = plan?.blocks.flatMap((block) => block.counts) ?? [];
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1_000_001);
  expect(counts).toHaveLength(30);
});

describe('the customer with every flag', () => {
  const { cases } = everyFlagPlan(1, options.nowMs);

  test('has each flag alone, and open and settling conversations', () => {
    const alone = cases.filter(({ flags }) => flags.length === 1).flatMap(({ flags }) => flags);
    expect(flagNames.filter((flag) => !alone.includes(flag))).toEqual([]);
    expect(new Set(cases.map((one) => one.class))).toEqual(new Set(['fresh', 'affected', 'open', 'settling']));
  });

  test('starts nothing in the future, even just after midnight', () => {
    const { plan } = everyFlagPlan(1, options.nowMs);
    const starts = plan.rows.truth.flat().concat(plan.rows.labels.flat());
    for (const row of starts) {
      expect(row.startMs).toBeLessThanOrEqual(options.nowMs);
      expect(row.endMs).toBeLessThanOrEqual(options.nowMs);
    }
  });
});
