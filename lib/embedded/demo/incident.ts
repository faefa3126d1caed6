import { addDays, dayStartMs, daysBetween } from '@/lib/days';
import { agentNames, type DemoPlan, type DemoTruth, noFaults } from './model';
import { seeded, seededId } from './seeded';

export const incidentDay = '2026-02-10';
export const incidentCustomer = {
  id: 'alaska-air',
  displayName: 'Alaska Air',
  profiles: ['reservations'],
  database: 'alaska_air',
  timeZone: 'UTC',
};
export const reassignedTo = 'Corinne Harmon';
const formerAgents = ['Dana Whitfield', 'Marcus Oyelaran', 'Priya Raman', 'Tomas Lindqvist'];

const useCases = ['reservations-chat', 'mileage-plan-chat', 'baggage-chat', 'reservations-voice'];
const profile = 'reservations';
const at = (clock: string) => Date.parse(`${incidentDay}T${clock}Z`);

/**
 * The incident that the console was made for, to the digit. 17 chats start between 00:10 and 01:55 with four agents;
 * the cron labels them, still open, at 02:00; at 03:01 they go to Corinne Harmon with another use case, and end. Each
 * of the four keeps one more, rightly labelled conversation; 1,204 conversations that day in all. Corinne has no
 * others.
 */
export function incidentPlan(seed: number): DemoPlan {
  const days = daysBetween('2026-01-14', '2026-02-13').filter((day) => day !== incidentDay);
  const others = agentNames(36);
  const stale = Array.from({ length: 17 }, (_, index) => {
    const startMs = at('00:10:00') + Math.round((index * 105 * 60_000) / 16);
    const id = seededId(seed, 'incident', index);
    const agent = formerAgents[index % formerAgents.length] as string;
    const before = { id, profile, agent, useCase: 'reservations-chat', startMs, endMs: 0 };
    const endMs = at('03:01:10') + index * 1_000;
    return {
      opened: { ...before, updatedMs: startMs + 30_000 },
      closed: { ...before, agent: reassignedTo, useCase: 'mileage-plan-chat', endMs, updatedMs: at('03:01:45') },
      label: { ...before, updatedMs: at('02:00:20') },
    };
  });
  const kept = formerAgents.map((agent, index) => {
    const startMs = at('09:05:00') + index * 11 * 60_000;
    const endMs = startMs + 14 * 60_000;
    const id = seededId(seed, 'kept', index);
    const row = { id, profile, agent, useCase: 'reservations-chat', startMs, endMs };
    return { truth: { ...row, updatedMs: endMs + 5_000 }, label: { ...row, updatedMs: at('11:00:20') } };
  });
  const truth = (row: { truth: DemoTruth }) => row.truth;
  return {
    customer: incidentCustomer,
    blocks: [
      {
        name: 'month',
        days,
        counts: days.map((day) => usualCount(seed, day)),
        agents: [...others, ...formerAgents],
        useCases,
        faults: noFaults(days.length),
      },
      { name: 'incident day', days: [incidentDay], counts: [1_183], agents: others, useCases, faults: noFaults(1) },
    ],
    rows: {
      truth: [stale.map((row) => row.opened), [...stale.map((row) => row.closed), ...kept.map(truth)]],
      labels: [[...stale.map((row) => row.label), ...kept.map((row) => row.label)]],
    },
  };
}

/** Weekdays are busier than weekends. */
function usualCount(seed: number, day: string): number {
  const weekday = new Date(dayStartMs(addDays(day, 0), 'UTC')).getUTCDay();
  return (weekday === 0 || weekday === 6 ? 820 : 1_090) + seeded(190, seed, 'count', day);
}
