import type { Context } from '@/lib/context';
import { keepTables, keptTables } from '@/lib/customers/kept-tables';
import type { Customer } from '@/lib/customers/model';
import { dayStartMs } from '@/lib/days';
import { detectionColumns } from '@/lib/detection/judge/sql/columns';
import { AppError } from '@/lib/errors';
import { count } from '@/lib/words';
import type { Days } from './read/calendar';
import { type People, type SeenConversation, selectConversations, selectPeople } from './sql';

export type Reader = Pick<Context, 'db' | 'clickhouse' | 'config' | 'clock' | 'log'>;

/** What one statement may read and take. More of it is not looked at, and the answer says so. */
const bounds = { timeoutSeconds: 4, settings: { max_rows_to_read: 50_000_000, max_threads: 2 } } as const;
/** For all statements of a search together. */
const lookMs = 9_000;
const atOnce = 4;

/** What was found, and a sentence on what could not be looked up; null where everything was. */
export type LookedUp<Found> = { found: Found; missed: string | null };

/** One look-up: its statements end with `lookMs`, and the first that says ClickHouse is away ends them all. */
async function overDatabases<Found>(
  ctx: Reader,
  groups: readonly { database: string; customers: Customer[] }[],
  {
    what,
    read,
  }: { what: string; read: (reader: Reader, group: { database: string; customers: Customer[] }) => Promise<Found[]> },
): Promise<LookedUp<Found[]>> {
  const signal = AbortSignal.timeout(lookMs);
  const reader = { ...ctx, clickhouse: ctx.clickhouse.within({ ...ctx.clickhouse.bounds, signal }) };
  const found: Found[] = [];
  const missed: string[] = [];
  let away = false;
  const left = [...groups];
  await keepTables(
    reader,
    groups.map(({ database }) => database),
    signal,
  ).catch(() => undefined);
  const work = async () => {
    for (let group = left.shift(); group; group = left.shift()) {
      try {
        if (away || signal.aborted) throw new AppError('unavailable', 'not asked');
        found.push(...(await read(reader, group)));
      } catch (error) {
        missed.push(...group.customers.map(({ displayName }) => displayName));
        if (error instanceof AppError && error.code === 'unavailable') away = away || !signal.aborted;
        else if (!(error instanceof AppError) && !signal.aborted)
          ctx.log.error({ err: error, database: group.database }, 'a search could not look something up');
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return {
    found,
    missed: missedSentence({ what, missed, away, asked: groups.flatMap(({ customers }) => customers).length }),
  };
}

function missedSentence({
  what,
  missed,
  away,
  asked,
}: {
  what: string;
  missed: readonly string[];
  away: boolean;
  asked: number;
}): string | null {
  if (missed.length === 0) return null;
  const [name = ''] = missed;
  const of =
    missed.length === asked
      ? ''
      : missed.length === 1
        ? ` of ${name}`
        : ` of ${count(missed.length, 'customer')} of ${asked}`;
  if (away) return `ClickHouse does not answer, so ${what}${of} were not looked up.`;
  return `${what.charAt(0).toUpperCase()}${what.slice(1)}${of} could not be looked up: there is too much to read, or the tables cannot be read.`;
}

function byDatabase(customers: readonly Customer[]): { database: string; customers: Customer[] }[] {
  const groups = new Map<string, Customer[]>();
  for (const one of customers) groups.set(one.database, [...(groups.get(one.database) ?? []), one]);
  return [...groups].map(([database, all]) => ({ database, customers: all }));
}

const isText = (type = '') => /^(LowCardinality\()?(Nullable\()?String\)*$/.test(type);

/** The conversations of these ids of any of the customers. */
export function lookUpConversations(
  ctx: Reader,
  customers: readonly Customer[],
  ids: readonly string[],
): Promise<LookedUp<SeenConversation[]>> {
  const asked = [...new Set(ids.flatMap((id) => [id, id.toLowerCase()]))];
  return overDatabases(ctx, byDatabase(customers), {
    what: 'the conversations',
    read: async (reader, { customers: some }) => {
      const [first] = some;
      if (!first) return [];
      const tables = await keptTables(reader, first);
      const columns = detectionColumns(tables);
      const sides = (['truth', 'labels'] as const).map((side) => ({
        columns: columns[side],
        idIsText: isText(tables[side].columns.conversation_id),
      }));
      const params = { ids: asked, customers: some.map(({ id }) => id) };
      return (await reader.clickhouse.read(selectConversations, { params, identifiers: { sides }, ...bounds })).rows;
    },
  });
}

/** The agents and use cases of each customer on its days; with `names` only those. */
export async function lookUpPeople(
  ctx: Reader,
  customers: readonly { customer: Customer; days: Days }[],
  names: readonly string[] = [],
): Promise<LookedUp<Map<string, People>>> {
  const groups = customers.map(({ customer, days }) => ({ database: customer.database, customers: [customer], days }));
  const daysOf = new Map(customers.map(({ customer, days }) => [customer.id, days]));
  const { found, missed } = await overDatabases(ctx, groups, {
    what: 'agents and use cases',
    read: async (reader, { customers: [customer] }) => {
      const days = customer && daysOf.get(customer.id);
      if (!days) return [];
      const { truth } = detectionColumns(await keptTables(reader, customer));
      const [fromMs, toMs] = [dayStartMs(days.from, customer.timeZone), dayStartMs(days.to, customer.timeZone)];
      const params = { customer: customer.id, fromMs, toMs, names: [...names] };
      const { rows } = await reader.clickhouse.read(selectPeople, { params, identifiers: { truth }, ...bounds });
      return rows.map((people) => [customer.id, people] as const);
    },
  });
  return { found: new Map(found), missed };
}
