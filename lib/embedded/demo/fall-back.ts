import type { ClickHouse } from '@/lib/clickhouse/client';
import { addDays, dayOf, dayStartMs, daysBetween } from '@/lib/days';
import type { Postgres } from '@/lib/postgres/client';
import { insertLabelRows } from './build-customer';
import { agentNames, type DemoCustomer, type DemoPlan, noFaults } from './model';
import { demoSeed, seedCustomer } from './seed-demo';
import { seededId } from './seeded';
import { createChats, selectSeeded, upsertSeeded } from './sql/chats';

/** The customer whose day is repaired and then becomes wrong again. `demo fall-back` adds it. */
export const fallBackCustomer: DemoCustomer = {
  id: 'fabrikam',
  displayName: 'Fabrikam Hotels',
  profiles: ['stays'],
  database: 'fabrikam',
  timeZone: 'UTC',
};

const minute = 60_000;
const hour = 60 * minute;
const [profile = ''] = fallBackCustomer.profiles;
const wrongChats = 9;
const wrongBefore = 3;
const perDay = 60;
const useCases = ['stays-chat', 'stays-voice'];
/** A row of `demo_seeded` under this name says that the story ended. */
const ended = `${fallBackCustomer.id} fell back`;

/**
 * Eight days up to the one before `nowMs`. Three days before, nine chats were labelled while they were open, and went to
 * another agent an hour later.
 */
export function fallBackPlan(seed: number, nowMs: number): DemoPlan {
  const today = dayOf(nowMs, 'UTC');
  const days = daysBetween(addDays(today, -8), today);
  const day = addDays(today, -wrongBefore);
  const agents = agentNames(8, 24);
  const [before = '', after = ''] = agents;
  const rows = Array.from({ length: wrongChats }, (_, index) => {
    const startMs = dayStartMs(day, 'UTC') + 9 * hour + index * 4 * minute;
    const id = seededId(seed, ended, index, day);
    const opened = { id, profile, agent: before, useCase: 'stays-chat', startMs, endMs: 0, updatedMs: startMs };
    const endMs = startMs + 75 * minute;
    return {
      opened,
      closed: { ...opened, agent: after, endMs, updatedMs: endMs + minute },
      label: { ...opened, updatedMs: dayStartMs(day, 'UTC') + 10 * hour },
    };
  });
  const block = { name: 'week', days, counts: days.map(() => perDay), agents, useCases, faults: noFaults(days.length) };
  return {
    customer: fallBackCustomer,
    blocks: [block],
    rows: {
      truth: [rows.map((row) => row.opened), rows.map((row) => row.closed)],
      labels: [rows.map((row) => row.label)],
    },
  };
}

type Engines = { clickhouse: ClickHouse; chats: Postgres; nowMs: number; seed?: number; cluster?: string };

/** Makes the customer's data unless it is there. Returns whether its story has ended already. */
export async function seedFallBack(engines: Engines): Promise<{ isOver: boolean }> {
  const { chats: db, nowMs, seed = demoSeed } = engines;
  for (const create of createChats) await db.query(create);
  const seeded = new Set((await db.query(selectSeeded)).map((row) => row.customerId));
  if (!seeded.has(fallBackCustomer.id)) {
    await seedCustomer(engines, fallBackPlan(seed, nowMs));
    await mark(engines, fallBackCustomer.id);
  }
  return { isOver: seeded.has(ended) };
}

/** Writes the labels from before the repair again, as a cron does that labels old hours once more. */
export async function labelAsBefore({ clickhouse, nowMs, seed = demoSeed }: Engines, day: string): Promise<void> {
  const plan = fallBackPlan(seed, dayStartMs(addDays(day, wrongBefore), 'UTC'));
  const rows = plan.rows.labels.flat().map((row) => ({ ...row, updatedMs: nowMs }));
  await insertLabelRows(clickhouse, plan, rows);
}

/** Keeps that the story ended, so that no later start begins it again. */
export const keepEnd = (engines: Engines): Promise<void> => mark(engines, ended);

async function mark({ chats: db, seed = demoSeed }: Engines, name: string): Promise<void> {
  await db.query(upsertSeeded, { customerId: name, seed, conversations: perDay });
}
