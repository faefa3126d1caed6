import type { z } from 'zod';
import type { Actor } from '@/lib/auth/model';
import { may } from '@/lib/auth/permissions';
import type { Context } from '@/lib/context';
import { listCustomers } from '@/lib/customers/list-customers';
import type { RegisteredCustomer } from '@/lib/customers/model';
import { shiftDay } from '@/lib/day-text';
import { dayCount, dayOf } from '@/lib/days';
import { listDays } from '@/lib/detection/view/list-days';
import { readSummary } from '@/lib/detection/view/overview';
import { parseInput } from '@/lib/edge/parse-input';
import { AppError } from '@/lib/errors';
import { agree, count, listed } from '@/lib/words';
import { askCustomer, askDays } from './ask';
import { chooseTarget } from './choose-target';
import { type Evidence, evidenceOf } from './evidence';
import { FindInput } from './find-input';
import type { Found } from './model';
import type { Days } from './read/calendar';
import { decideDays } from './read/days';
import { type Understood, understand } from './read/understand';
import { daysInWords, verdictOf } from './verdict';

/** The longest range that a page shows. */
const daysMost = 366;

const nothing: Found = {
  parts: [],
  customerId: null,
  days: null,
  agents: [],
  useCases: [],
  conversations: [],
  runId: null,
  notes: [],
  ask: null,
  verdict: null,
  button: null,
};

/**
 * What a search or a whole ticket is about, by plain rules: customer, days, conversations, agents and use cases; what the
 * newest scan proves of that; and the place where it is shown. Where the text may mean another customer or day it asks. Ids
 * and agents are looked up in ClickHouse within bounds, and a note says what was not. Throws AppError('invalid_input').
 */
export async function findAnything(
  ctx: Context,
  given: z.input<typeof FindInput>,
  actor: Pick<Actor, 'role'>,
): Promise<Found> {
  const input = parseInput(FindInput, given);
  const customers = await listCustomers(ctx);
  if (input.customer && !customers.some(({ id }) => id === input.customer))
    throw new AppError('not_found', `There is no customer "${input.customer}" in the registry.`);
  const understood = understand(input.text, customers, dayOf(ctx.clock.now(), 'UTC'));
  const evidence = await evidenceOf(ctx, { understood, customers, chosen: input.customer ?? null });
  const base: Found = { ...nothing, notes: evidence.notes };
  if (evidence.findingId)
    return {
      ...base,
      parts: ['A finding'],
      button: { label: 'Open the finding', target: { kind: 'finding', findingId: evidence.findingId } },
    };
  const customer = customers.find(({ id }) => id === evidence.customerId);
  if (!customer) return askCustomer(base, { understood, evidence, customers, input });
  return ofCustomer(ctx, base, { understood, evidence, customer, input, actor });
}

type Of = {
  understood: Understood;
  evidence: Evidence;
  customer: RegisteredCustomer;
  input: z.output<typeof FindInput>;
  actor: Pick<Actor, 'role'>;
};

async function ofCustomer(
  ctx: Context,
  base: Found,
  { understood, evidence, customer, input, actor }: Of,
): Promise<Found> {
  const { id: customerId, displayName, timeZone } = customer;
  const today = dayOf(ctx.clock.now(), timeZone);
  const seen = evidence.conversations.filter((one) => one.customerId === customerId);
  const seenDays = [...new Set(seen.map(({ startMs }) => dayOf(startMs, timeZone)))];
  const when = whenOf(understood, { input, evidence, zone: { today, timeZone }, seenDays });
  const run = evidence.run?.customerId === customerId ? evidence.run : null;
  const isLong = when.sure !== null && dayCount(when.sure.from, when.sure.to) > daysMost;
  const range = isLong ? null : (when.sure ?? (run && { from: run.from, to: run.to }));
  const people = await evidence.peopleOf(customer, range ?? null);
  const notes = [...base.notes, ...people.notes, ...notesOf({ understood, evidence, seen: seen.length, when, isLong })];
  const conversations = seen.map(({ id }) => id);
  const found: Found = {
    ...base,
    customerId,
    days: range,
    agents: people.agents,
    useCases: people.useCases,
    conversations,
    runId: run?.id ?? null,
    notes: [...new Set(notes)],
    parts: [
      displayName,
      ...(range ? [daysInWords(range)] : []),
      ...people.agents.slice(0, 3),
      ...people.useCases.slice(0, 2),
      ...(conversations.length > 0 ? [count(conversations.length, 'conversation')] : []),
      ...(run ? [`run ${run.id.slice(0, 8)}`] : []),
    ],
  };
  if (run && (understood.isTyped || understood.link?.runId))
    return { ...found, button: { label: 'Open the run', target: { kind: 'run', runId: run.id } } };
  if (!range && when.maybe.length > 0) return askDays(found, when.maybe);
  const [days, { summary }] = await Promise.all([
    range ? listDays(ctx, { customerId, fromDay: range.from, toDay: range.to }) : [],
    readSummary(ctx, customerId),
  ]);
  const what = {
    customerId,
    displayName,
    range,
    newestDay: summary.newestDay,
    days,
    today,
    mayScan: may(actor.role, 'scan.run'),
  };
  return {
    ...found,
    verdict: range ? verdictOf(days, { range, today, agents: people.agents }) : null,
    button: chooseTarget({ ...what, agents: people.agents, useCases: people.useCases, conversations }),
  };
}

type Zone = { today: string; timeZone: string };

/** The days that were chosen, that a link names, or that the text says. */
function whenOf(
  understood: Understood,
  { input, evidence, zone, seenDays }: { input: Of['input']; evidence: Evidence; zone: Zone; seenDays: string[] },
): { sure: Days | null; maybe: Days[]; written: string | null } {
  const chosen = input.from ? { from: input.from, to: input.to ?? shiftDay(input.from, 1) } : null;
  const linked = evidence.linkDays;
  const said = understood.daysIn(zone);
  if (chosen) return { sure: chosen, maybe: [], written: null };
  const when = decideDays(said, seenDays);
  if (linked && when.sure === null && when.maybe.length === 0) return { sure: linked, maybe: [], written: null };
  if (linked && when.sure && (when.sure.from !== linked.from || when.sure.to !== linked.to))
    return { sure: null, maybe: [when.sure, linked], written: null };
  return when;
}

function notesOf(of: {
  understood: Understood;
  evidence: Evidence;
  seen: number;
  when: { sure: Days | null; written: string | null };
  isLong: boolean;
}): string[] {
  const { understood, evidence, seen, when, isLong } = of;
  const notes: string[] = [];
  const asked = understood.ids.named.length;
  if (isLong) notes.push(`The range has more than ${daysMost} days, so it is left out.`);
  if (asked > 0 && seen === 0 && evidence.lookedUpAll)
    notes.push(
      `${listed(understood.ids.named, 3)} ${agree(asked, 'is', 'are')} no ${agree(asked, 'conversation', 'conversations')} of a registered customer.`,
    );
  if (when.sure && when.written && /[a-z]/i.test(when.written) && !/\d/.test(when.written))
    notes.push(`“${when.written}” is read as ${daysInWords(when.sure)}.`);
  return notes;
}
