import { z } from 'zod';
import type { RegisteredCustomer } from '@/lib/customers/model';
import { shiftDay } from '@/lib/day-text';
import { dayOf } from '@/lib/days';
import { overview } from '@/lib/detection/view/overview';
import { summariesOf } from '@/lib/detection/view/summary-model';
import { AppError } from '@/lib/errors';
import { getFinding } from '@/lib/findings/get-finding';
import { count } from '@/lib/words';
import { lookUpConversations, lookUpPeople, type Reader } from './look-up';
import { type Days, oneDay, through } from './read/calendar';
import { decideDays } from './read/days';
import { idsMost } from './read/ids';
import { saidOf } from './read/people';
import { phrasesOf, type Understood } from './read/understand';
import { type SeenConversation, selectRunsById } from './sql';

type Run = { id: string; customerId: string; from: string; to: string };
type People = { agents: string[]; useCases: string[]; notes: string[] };

/** What the data says of a text: of which customer it must be, or may be, and what was not looked up. */
export type Evidence = {
  customerId: string | null;
  maybe: string[];
  unknown: string | null;
  /** Why a customer may be meant, in words. */
  reasons: Map<string, string>;
  conversations: SeenConversation[];
  lookedUpAll: boolean;
  run: Run | null;
  findingId: string | null;
  linkDays: Days | null;
  today: string;
  notes: string[];
  peopleOf: (customer: RegisteredCustomer, days: Days | null) => Promise<People>;
};

type Asked = { understood: Understood; customers: readonly RegisteredCustomer[]; chosen: string | null };

/** Days of a customer in which its agents are looked up where the text says none. */
const peopleDays = 31;

/** Looks up what a text names, and decides of which customer it is. Only one that nothing speaks against is sure. */
export async function evidenceOf(ctx: Reader, { understood, customers, chosen }: Asked): Promise<Evidence> {
  const { whom, ids, link } = understood;
  const today = dayOf(ctx.clock.now(), 'UTC');
  const [run, linked] = await Promise.all([runOf(ctx, understood), findingOf(ctx, link?.findingId)]);
  const said = chosen ?? whom.sure;
  const seen = await conversationsOf(ctx, { understood, customers, said });
  const owners = [...new Set(seen.found.map(({ customerId }) => customerId))];
  const notes = [...seen.notes];
  if (ids.tokens.length > idsMost)
    notes.push(`The text has ${count(ids.tokens.length, 'id')}; the first ${idsMost} were looked up.`);
  const reasons = new Map(
    owners.map((id) => [
      id,
      `has ${count(seen.found.filter((one) => one.customerId === id).length, 'conversation')} of the text`,
    ]),
  );
  const records = [...new Set([run?.customerId, link?.customerId, linked?.customerId].flatMap((id) => id ?? []))];
  for (const id of records) if (!reasons.has(id)) reasons.set(id, 'named by a link or run in the text');
  const verdict = decide({
    chosen,
    sure: whom.sure,
    maybe: whom.maybe,
    owners,
    records,
    isSoleOwner: owners.length === 1 && seen.missed === null && provesOwner(seen.found, owners, whom.said),
    unknown: whom.unknown,
  });
  const base = {
    unknown: whom.unknown,
    reasons,
    conversations: seen.found,
    lookedUpAll: seen.missed === null,
    run,
    today,
  };
  const linkDays = daysOf(link, linked);
  const peopleOf = (customer: RegisteredCustomer, days: Days | null) => people(ctx, understood, customer, days);
  const evidence: Evidence = {
    ...base,
    ...verdict,
    findingId: linked && !linked.customerId ? linked.id : null,
    linkDays,
    notes,
    peopleOf,
  };
  return verdict.customerId ? evidence : byAgents(ctx, evidence, { understood, customers });
}

/** Ids say whose a text is where it says no other customer. A mere number may be the id of something else. */
const provesOwner = (seen: readonly SeenConversation[], owners: readonly string[], said: readonly string[]): boolean =>
  owners.some((id) => said.includes(id)) || (said.length === 0 && seen.some(({ id }) => /[a-z]/i.test(id)));

type Claims = {
  chosen: string | null;
  sure: string | null;
  maybe: string[];
  owners: string[];
  records: string[];
  isSoleOwner: boolean;
  unknown: string | null;
};

/** Names, ids and links must agree. An id that only one customer has says whose it is; several have an id without saying. */
function decide({ chosen, sure, maybe, owners, records, isSoleOwner, unknown }: Claims): {
  customerId: string | null;
  maybe: string[];
} {
  if (chosen) return { customerId: chosen, maybe: [] };
  const claims = new Set([...(sure ? [sure] : []), ...records]);
  const [claimed] = claims;
  if (claims.size > 1) return { customerId: null, maybe: [...new Set([...claims, ...owners])] };
  if (claimed && (owners.length === 0 || owners.includes(claimed)))
    return { customerId: unknown ? null : claimed, maybe: [claimed] };
  if (claimed) return { customerId: null, maybe: [claimed, ...owners] };
  if (isSoleOwner && !unknown) return { customerId: owners[0] ?? null, maybe: [] };
  return { customerId: null, maybe: [...new Set([...owners, ...maybe])] };
}

/** Ids are looked up with the customer that the text says, and with all others where that one has none of them. */
async function conversationsOf(
  ctx: Reader,
  { understood, customers, said }: Omit<Asked, 'chosen'> & { said: string | null },
) {
  const ids = understood.ids.tokens.slice(0, idsMost);
  if (ids.length === 0) return { found: [], missed: null, notes: [] };
  const [own, others] = [customers.filter(({ id }) => id === said), customers.filter(({ id }) => id !== said)];
  const first = own.length > 0 ? await lookUpConversations(ctx, own, ids) : { found: [], missed: null };
  const rest =
    first.found.length === 0 && first.missed === null
      ? await lookUpConversations(ctx, others, ids)
      : { found: [], missed: null };
  const missed = first.missed ?? rest.missed;
  return { found: [...first.found, ...rest.found], missed, notes: missed ? [missed] : [] };
}

async function runOf({ db }: Reader, { ids, link, isTyped }: Understood): Promise<Run | null> {
  const whole = [...ids.tokens, ...ids.runs, ...(link?.runId ? [link.runId] : [])].filter(
    (id) => z.uuid().safeParse(id).success,
  );
  const begun = [...ids.runs, ...(isTyped ? ids.tokens.map((id) => id.toLowerCase()) : [])].filter((id) =>
    /^[0-9a-f]{6,}[0-9a-f-]*$/.test(id),
  );
  if (whole.length === 0 && begun.length === 0) return null;
  const found = await db.query(selectRunsById, { ids: whole, beginnings: [...new Set(begun)] });
  return found.length === 1 ? (found[0] ?? null) : (found.find(({ id }) => id === link?.runId) ?? null);
}

/** The customer and day of a finding; without them where it is not known any more. */
async function findingOf(
  ctx: Reader,
  findingId: string | undefined,
): Promise<{ id: string; customerId?: string; day?: string } | null> {
  if (!findingId) return null;
  try {
    const { customerId, day } = await getFinding(ctx, { findingId });
    return { id: findingId, customerId, day };
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return null;
    throw error;
  }
}

function daysOf(link: Understood['link'], finding: { day?: string } | null): Days | null {
  if (finding?.day) return oneDay(finding.day);
  if (!link?.from) return null;
  return link.to && link.from < link.to ? { from: link.from, to: link.to } : oneDay(link.from);
}

/** The agents and use cases of one customer that the text says. */
async function people(
  ctx: Reader,
  understood: Understood,
  customer: RegisteredCustomer,
  days: Days | null,
): Promise<People> {
  if (phrasesOf(understood).length === 0 && !understood.link?.agent) return { agents: [], useCases: [], notes: [] };
  const asked = [{ customer, days: days ?? (await newestDays(ctx))(customer.id) }];
  const { found, missed } = await lookUpPeople(ctx, asked);
  const all = found.get(customer.id) ?? { agents: [], useCases: [] };
  const { lines, isTyped } = understood;
  const agents = saidOf(all.agents, lines, { isTyped, kind: 'agent' });
  const linked = understood.link?.agent;
  return {
    agents: linked && all.agents.includes(linked) ? [...new Set([linked, ...agents])] : agents,
    useCases: saidOf(all.useCases, lines, { isTyped, kind: 'use case' }),
    notes: missed ? [missed] : [],
  };
}

/** The newest days with data of each customer as scans know them; without a scan those up to today. */
async function newestDays(ctx: Reader): Promise<(customerId: string) => Days> {
  const list = (await overview(ctx)).data;
  const newest = new Map((list ? summariesOf(list) : []).map(({ customerId, newestDay }) => [customerId, newestDay]));
  return (customerId) => {
    const last = newest.get(customerId) ?? dayOf(ctx.clock.now(), 'UTC');
    return through(shiftDay(last, 1 - peopleDays), last);
  };
}

/**
 * Whose agents the text says. An agent that only one customer has settles a name that was said in passing, and a search;
 * a ticket that names no customer is asked about.
 */
async function byAgents(
  ctx: Reader,
  evidence: Evidence,
  { understood, customers }: Omit<Asked, 'chosen'>,
): Promise<Evidence> {
  const phrases = phrasesOf(understood);
  if (phrases.length === 0 || evidence.unknown || (evidence.maybe.length > 1 && understood.isTyped)) return evidence;
  const newest = await newestDays(ctx);
  const { sure } = decideDays(understood.daysIn({ today: evidence.today, timeZone: 'UTC' }));
  const asked = customers.map((customer) => ({
    customer,
    days: sure ? { from: shiftDay(sure.from, -1), to: shiftDay(sure.to, 1) } : newest(customer.id),
  }));
  const { found, missed } = await lookUpPeople(ctx, asked, phrases);
  const { lines, isTyped } = understood;
  const owners = [...found].flatMap(([id, all]) => {
    const agents = saidOf(all.agents, lines, { isTyped, kind: 'agent' });
    return agents.length > 0 ? [{ id, agents }] : [];
  });
  const reasons = new Map([
    ...evidence.reasons,
    ...owners.map(({ id, agents }) => [id, `has the agent ${agents.slice(0, 2).join(', ')}`] as const),
  ]);
  const notes = missed ? [...evidence.notes, missed] : evidence.notes;
  const [only] = owners;
  const settles = owners.length === 1 && only && missed === null && evidence.conversations.length === 0;
  const named =
    evidence.maybe.length === 0
      ? isTyped
      : evidence.maybe.length === 1 && only !== undefined && evidence.maybe.includes(only.id);
  if (settles && only && named) return { ...evidence, customerId: only.id, maybe: [], reasons, notes };
  return { ...evidence, maybe: [...new Set([...owners.map(({ id }) => id), ...evidence.maybe])], reasons, notes };
}
