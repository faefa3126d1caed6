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

/** A conversation written by hand. `flags`, by name, and `class` are what detection must say of it. */
export type FlagCase = {
  name: string;
  id: string;
  day: string;
  flags: string[];
  class: 'fresh' | 'affected' | 'open' | 'settling';
};

type Sides = { truth: Partial<DemoTruth>[]; labels: Partial<DemoLabel>[] };

const wrongAgent = { agent: 'Wanda Stale' };
const wrongUse = { useCase: 'stale-chat' };
const open = { endMs: 0 };

/** Cases of past days: [flags, truth versions oldest first, labels in the order they were written]. */
const pastCases: Record<string, [flags: string[], Sides]> = {
  'wrong agent': [['wrongAgent'], { truth: [{}], labels: [wrongAgent] }],
  'wrong use case': [['wrongUseCase'], { truth: [{}], labels: [wrongUse] }],
  'wrong end hour': [['wrongEndHour'], { truth: [{}], labels: [open] }],
  'everything wrong': [
    ['wrongAgent', 'wrongUseCase', 'wrongEndHour'],
    { truth: [{}], labels: [{ ...wrongAgent, ...wrongUse, ...open }] },
  ],
  'right and stale label': [['duplicate'], { truth: [{}], labels: [{ ...wrongAgent, ...open }, {}] }],
  'two stale labels': [['wrongAgent', 'wrongEndHour', 'duplicate'], { truth: [{}], labels: [open, wrongAgent] }],
  orphan: [['orphan'], { truth: [], labels: [{}] }],
  'orphan twice': [['duplicate', 'orphan'], { truth: [], labels: [open, {}] }],
  missing: [['missing'], { truth: [{}], labels: [] }],
  'label of another profile': [['wrongCustomer'], { truth: [{}], labels: [{ profile: 'retail' }] }],
  'right label and one of another profile': [['duplicate'], { truth: [{}], labels: [{ profile: 'retail' }, {}] }],
  'unmerged, same row': [[], { truth: [{}], labels: [{}, {}] }],
  'unmerged, newest right': [[], { truth: [{}], labels: [wrongUse, {}] }],
  'unmerged, newest wrong': [['wrongUseCase'], { truth: [{}], labels: [{}, wrongUse] }],
  'unmerged truth': [[], { truth: [{ agent: 'Wanda Stale', ...open }, {}], labels: [{}] }],
  'agent NULL': [[], { truth: [{ agent: null }], labels: [{ agent: '' }] }],
  "agent ''": [[], { truth: [{ agent: '' }], labels: [{ agent: '' }] }],
  'agent NULL, labelled': [['wrongAgent'], { truth: [{ agent: null }], labels: [{}] }],
  'agent became NULL': [['wrongAgent'], { truth: [{}, { agent: null }], labels: [{}] }],
  'agent assigned later': [['wrongAgent'], { truth: [{ agent: null }, {}], labels: [{ agent: '' }] }],
};

/**
 * One customer with every flag, single and combined, on days just before `nowMs` so that what is open or settling now
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
      add(name, { flags, class: flags.length > 0 ? 'affected' : 'fresh' }, noonMs + index * 7 * minute, sides);
    });
  }
  const earlierMs = dayStartMs(addDays(today, -2), 'UTC') + 9 * hour;
  // A label of another customer is beyond a repair, whose delete names one: this day ends in "needs attention".
  const foreign = { truth: [{}], labels: [{ customer: 'globex-labs' }] };
  add('label of another customer', { flags: ['wrongCustomer'], class: 'affected' }, earlierMs, foreign);
  add('left open', { flags: [], class: 'open' }, earlierMs, { truth: [open], labels: [] });
  add('left open, labelled', { flags: [], class: 'open' }, earlierMs + hour, { truth: [open], labels: [open] });

  const startMs = Math.max(dayStartMs(today, 'UTC'), nowMs - 50 * minute);
  const endMs = Math.max(startMs, nowMs - 25 * minute);
  const justNow = { endMs, updatedMs: endMs };
  const settling: Pick<FlagCase, 'flags' | 'class'> = { flags: [], class: 'settling' };
  add('open', { flags: [], class: 'open' }, startMs, { truth: [open], labels: [] });
  add('open, labelled', { flags: [], class: 'open' }, startMs, { truth: [open], labels: [open] });
  add('settling, not yet labelled', settling, startMs, { truth: [justNow], labels: [] });
  add('settling, stale', settling, startMs, { truth: [justNow], labels: [{ ...open, updatedMs: nowMs - minute }] });
  add('settling orphan', settling, startMs, { truth: [], labels: [justNow] });

  const block = { name: 'clean', days, counts: days.map(() => 200), agents, useCases, faults: noFaults(days.length) };
  return { plan: { customer: everyFlagCustomer, blocks: [block], rows }, cases };
}
