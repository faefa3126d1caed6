import { daysBetween } from '@/lib/days';
import { everyFlagCustomer, everyFlagPlan } from './every-flag';
import { incidentCustomer, incidentPlan } from './incident';
import { agentNames, type DemoCustomer, type DemoPlan, noFaults } from './model';
import { seeded } from './seeded';

export const largeCustomer: DemoCustomer = {
  id: 'contoso',
  displayName: 'Contoso Telecom',
  profiles: ['care'],
  database: 'contoso',
  timeZone: 'UTC',
};
const cleanCustomer: DemoCustomer = {
  id: 'northwind',
  displayName: 'Northwind Bank',
  profiles: ['retail'],
  database: 'northwind',
  timeZone: 'UTC',
};
const pacificCustomer: DemoCustomer = {
  id: 'pacific-outfitters',
  displayName: 'Pacific Outfitters',
  profiles: ['stores'],
  database: 'pacific_outfitters',
  timeZone: 'America/Los_Angeles',
};
const kathmanduCustomer: DemoCustomer = {
  id: 'himalaya-trek',
  displayName: 'Himalaya Trek',
  profiles: ['booking', 'guides'],
  database: 'himalaya_trek',
  timeZone: 'Asia/Kathmandu',
};

/** Every demo customer, as the registry takes it. */
export const demoCustomers: DemoCustomer[] = [
  incidentCustomer,
  largeCustomer,
  everyFlagCustomer,
  kathmanduCustomer,
  cleanCustomer,
  pacificCustomer,
];

export const largeConversations = 300_000;

/**
 * What each demo customer's data is made of: the same for the same seed, and for the customer with every flag the
 * same `nowMs`. `conversations` is the size of the large one.
 */
export function demoPlans(options: { seed: number; nowMs: number; conversations: number }): DemoPlan[] {
  const { seed, nowMs, conversations } = options;
  return [
    incidentPlan(seed),
    everyFlagPlan(seed, nowMs).plan,
    generated(cleanCustomer, { from: '2026-01-14', to: '2026-02-13', perDay: 150 }),
    generated(pacificCustomer, {
      from: '2026-03-02',
      to: '2026-03-15',
      perDay: 220,
      stale: { '2026-03-07': 40, '2026-03-08': 60, '2026-03-09': 25 },
      duplicate: { '2026-03-08': 10 },
    }),
    generated(kathmanduCustomer, {
      from: '2026-02-01',
      to: '2026-02-15',
      perDay: 180,
      stale: { '2026-02-05': 50, '2026-02-06': 30 },
      missing: { '2026-02-11': 20 },
    }),
    generated(largeCustomer, {
      from: '2026-01-14',
      to: '2026-02-13',
      perDay: conversations / 30,
      agents: 240,
      stale: { '2026-01-20': 20, '2026-01-21': 100, '2026-02-03': 20, '2026-02-11': 5 },
      missing: { '2026-01-28': 10 },
      duplicate: { '2026-02-03': 10, '2026-02-04': 15 },
    }),
  ];
}

type Rates = Record<string, number>;

function generated(
  customer: DemoCustomer,
  shape: {
    from: string;
    to: string;
    perDay: number;
    agents?: number;
    stale?: Rates;
    missing?: Rates;
    duplicate?: Rates;
  },
): DemoPlan {
  const days = daysBetween(shape.from, shape.to);
  const total = Math.round(shape.perDay * days.length);
  const even = Math.floor(total / days.length);
  const rates = (of: Rates | undefined, otherwise: number[]) => (of ? days.map((day) => of[day] ?? 0) : otherwise);
  const none = noFaults(days.length);
  return {
    customer,
    blocks: [
      {
        name: 'days',
        days,
        counts: days.map((_, index) => even + (index === 0 ? total - even * days.length : 0)),
        agents: agentNames(shape.agents ?? 24, seeded(20, customer.id)),
        useCases: customer.profiles.flatMap((profile) => [`${profile}-chat`, `${profile}-voice`]).concat('triage-chat'),
        faults: {
          stale: rates(shape.stale, none.stale),
          missing: rates(shape.missing, none.missing),
          duplicate: rates(shape.duplicate, none.duplicate),
        },
      },
    ],
    rows: { truth: [], labels: [] },
  };
}
