import { addDays, dayOf, dayStartMs, daysBetween } from '@/lib/days';
import { agentNames, type DemoLabel, type DemoPlan, type DemoRows, type DemoTruth, noFaults } from './model';
import { seeded, seededId } from './seeded';

const minute = 60_000;
const hour = 60 * minute;
const useCases = ['claims-chat', 'policy-chat', 'claims-voice'];

export const everyFlagCustomer = {
  id: 'globex',
  displayName: 'Globex Insurance',
  profiles: ['claims', 'retail'],
  database: 'globex',
  timeZone: 'UTC',
};

/** A conversation written by hand. `flags` and `class` are what detection must say of it, by docs/glossary.md. */
export type FlagCase = {
  name: string;
  id: string;
  day: string;
  flags: number;
  class: 'fresh' | 'affected' | 'open' | 'settling';
};

type Sides = { truth: Partial<DemoTruth>[]; labels: Partial<DemoLabel>[] };

const wrongAgent = { agent: 'Wanda Stale' };
const wrongUse = { useCase: 'stale-chat' };
const open = { endMs: 0 };

/** Cases of past days: [flags, truth versions oldest first, labels in the order they were written]. */
const pastCases: Record<string, [flags: number, Sides]> = {
  'wrong agent': [1, { truth: [{}], labels: [wrongAgent] }],
  'wrong use case': [2, { truth: [{}], labels: [wrongUse] }],
  'wrong end hour': [4, { truth: [{}], labels: [open] }],
  'everything wrong': [7, { truth: [{}], labels: [{ ...wrongAgent, ...wrongUse, ...open }] }],
  'right and stale label': [8, { truth: [{}], labels: [{ ...wrongAgent, ...open }, {}] }],
  'two stale labels': [1 + 4 + 8, { truth: [{}], labels: [open, wrongAgent] }],
  orphan: [16, { truth: [], labels: [{}] }],
  'orphan twice': [8 + 16, { truth: [], labels: [open, {}] }],
  missing: [32, { truth: [{}], labels: [] }],
  'label of another profile': [64, { truth: [{}], labels: [{ profile: 'retail' }] }],
  'right label and one of another profile': [8, { truth: [{}], labels: [{ profile: 'retail' }, {}] }],
  'unmerged, same row': [0, { truth: [{}], labels: [{}, {}] }],
  'unmerged, newest right': [0, { truth: [{}], labels: [wrongUse, {}] }],
  'unmerged, newest wrong': [2, { truth: [{}], labels: [{}, wrongUse] }],
  'unmerged truth': [0, { truth: [{ agent: 'Wanda Stale', ...open }, {}], labels: [{}] }],
  'agent NULL': [0, { truth: [{ agent: null }], labels: [{ agent: '' }] }],
  "agent ''": [0, { truth: [{ agent: '' }], labels: [{ agent: '' }] }],
  'agent NULL, labelled': [1, { truth: [{ agent: null }], labels: [{}] }],
  'agent became NULL': [1, { truth: [{}, { agent: null }], labels: [{}] }],
  'agent assigned later': [1, { truth: [{ agent: null }, {}], labels: [{ agent: '' }] }],
};

/**
 * One customer with every flag alone and combined, on days just before `nowMs` so that what is open or settling now
 * is in the same month view: 200 clean conversations on each of six days, the cases above on the fourth and third
 * day before, a labelled open one and a label of another customer on the second, and today's open and settling ones.
 */
export function everyFlagPlan(seed: number, nowMs: number): { plan: DemoPlan; cases: FlagCase[] } {
  const today = dayOf(nowMs, 'UTC');
  const days = daysBetween(addDays(today, -7), addDays(today, -1));
  const agents = agentNames(12, 40);
  const rows: DemoRows = { truth: [[], []], labels: [[], []] };
  const cases: FlagCase[] = [];

  const add = (name: string, expected: Pick<FlagCase, 'flags' | 'class'>, startMs: number, sides: Sides) => {
    const id = seededId(seed, 'every flag', name, dayOf(startMs, 'UTC'));
    const agent = agents[seeded(agents.length, seed, name)] as string;
    const base = { id, profile: 'claims', agent, useCase: 'claims-chat', startMs, endMs: startMs + 20 * minute };
    sides.truth.forEach((part, version) => {
      rows.truth[version]?.push({ ...base, updatedMs: base.endMs + version * minute, ...part });
    });
    sides.labels.forEach((part, version) => {
      rows.labels[version]?.push({ ...base, updatedMs: base.endMs + hour + version * minute, ...part });
    });
    cases.push({ name, id, day: dayOf(startMs, 'UTC'), ...expected });
  };

  for (const before of [4, 3]) {
    const noonMs = dayStartMs(addDays(today, -before), 'UTC') + 12 * hour;
    Object.entries(pastCases).forEach(([name, [flags, sides]], index) => {
      add(name, { flags, class: flags ? 'affected' : 'fresh' }, noonMs + index * 7 * minute, sides);
    });
  }
  const earlierMs = dayStartMs(addDays(today, -2), 'UTC') + 9 * hour;
  // A label of another customer is beyond a repair, whose delete names one: this day ends in "needs attention".
  const foreign = { truth: [{}], labels: [{ customer: 'globex-labs' }] };
  add('label of another customer', { flags: 64, class: 'affected' }, earlierMs, foreign);
  add('left open', { flags: 0, class: 'open' }, earlierMs, { truth: [open], labels: [] });
  add('left open, labelled', { flags: 0, class: 'open' }, earlierMs + hour, { truth: [open], labels: [open] });

  const startMs = Math.max(dayStartMs(today, 'UTC'), nowMs - 50 * minute);
  const endMs = Math.max(startMs, nowMs - 25 * minute);
  const justNow = { endMs, updatedMs: endMs };
  const settling = { flags: 0, class: 'settling' } as const;
  add('open', { flags: 0, class: 'open' }, startMs, { truth: [open], labels: [] });
  add('open, labelled', { flags: 0, class: 'open' }, startMs, { truth: [open], labels: [open] });
  add('settling, not yet labelled', settling, startMs, { truth: [justNow], labels: [] });
  add('settling, stale', settling, startMs, { truth: [justNow], labels: [{ ...open, updatedMs: nowMs - minute }] });
  add('settling orphan', settling, startMs, { truth: [], labels: [justNow] });

  const block = { name: 'clean', days, counts: days.map(() => 200), agents, useCases, faults: noFaults(days.length) };
  return { plan: { customer: everyFlagCustomer, blocks: [block], rows }, cases };
}
