import { spillSettings } from '@/lib/clickhouse/settings';
import type { Context } from '@/lib/context';
import { getCustomer } from '@/lib/customers/get-customer';
import { type Scope, scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { daysBetween } from '@/lib/days';
import { isLimit } from '@/lib/detection/judge/session';
import { detectionColumns } from '@/lib/detection/judge/sql/columns';
import { dayText } from '@/lib/detection/judge/tally';
import { AppError } from '@/lib/errors';
import {
  type AgentDaysView,
  causeOf,
  type DayFacts,
  isSettled,
  type StoredDays,
  type StripDay,
  verdictOfDay,
} from './agent-days-model';
import { daysOf } from './days-on-model';
import { AgentDaysQuery } from './model';
import { readMoments, type StoredSnapshot } from './read-moments';
import { selectAgentDays } from './sql/agent';

type Reader = Pick<Context, 'db' | 'clickhouse' | 'config' | 'clock'>;

/** More than this a statement may not hold: a query above it ends with AppError('limit'). */
const memoryBytesMost = 2_000_000_000;

/**
 * The days of a range for one agent: what labels and truth say now, the smallest cause of each difference, and the
 * conversations that decide it. Throws AppError('not_found') for a customer or run, AppError('invalid_input') for a range, and
 * AppError('limit') where the agent has more conversations than can be read at once.
 */
export async function agentDays(ctx: Reader, input: AgentDaysQuery): Promise<AgentDaysView> {
  const query = AgentDaysQuery.parse(input);
  const customer = await getCustomer(ctx, query.customerId);
  const scope = scopeOf(customer, query.fromDay, query.toDay);
  const asOfMs = ctx.clock.now();
  const stored = await readMoments(ctx, scope, query);
  const ran = await read(ctx, scope, { ...query, asOfMs });
  const byDay = new Map(ran.rows.map(({ day, ...facts }) => [dayText(day), { ...facts, day: dayText(day) }]));
  const days = daysBetween(scope.fromDay, scope.toDay).map((day): StripDay => stripDay(byDay.get(day) ?? nothing(day)));
  const daysThat = (say: 'labels' | 'truth') => (byDay.size === 0 ? null : days.filter((day) => day[say]).length);
  return {
    customerId: customer.id,
    fromDay: scope.fromDay,
    toDay: scope.toDay,
    timeZone: scope.timeZone,
    agent: query.agent,
    useCase: query.useCase ?? null,
    asOfMs,
    labels: daysThat('labels'),
    truth: daysThat('truth'),
    days,
    before: storedDays(stored?.before, query.agent, query.useCase, days.length),
    after: storedDays(stored?.after, query.agent, query.useCase, days.length),
    namesMost: query.namesMost,
    rowsRead: ran.rowsRead,
    elapsedMs: ran.elapsedMs,
  };
}

/** What a snapshot has of the agent. */
function storedDays(
  stored: StoredSnapshot | null | undefined,
  agent: string,
  useCase: string | undefined,
  days: number,
): StoredDays | null {
  if (!stored) return null;
  const own = stored.rows.filter((row) => row.agent === agent);
  const row = own.find((each) => each.useCase === (useCase ?? null));
  const on = stored.rows.every((each) => each.on !== undefined) ? daysOf(row?.on ?? '0', days) : null;
  return {
    moment: stored.moment,
    takenAtMs: stored.takenAtMs,
    days: own.length === 0 ? null : (row?.days ?? 0),
    on,
  };
}

const stripDay = (facts: DayFacts): StripDay => ({
  ...facts,
  labels: facts.labelled > 0,
  truth: facts.closed > 0,
  verdict: verdictOfDay(facts),
  settled: isSettled(facts),
  cause: causeOf(facts),
});

const nothing = (day: string): DayFacts => ({
  day,
  closed: 0,
  closedJudged: 0,
  right: 0,
  rightJudged: 0,
  labelled: 0,
  doubtful: 0,
  open: 0,
  deciding: [],
});

async function read(
  ctx: Reader,
  scope: Scope,
  of: { agent: string; useCase?: string; namesMost: number; asOfMs: number },
) {
  const { safetyMarginMs, quickSecondsMax } = ctx.config.detection;
  const tables = await readTables(ctx, scope);
  const { truth, labels } = detectionColumns(tables);
  try {
    return await ctx.clickhouse.read(selectAgentDays, {
      params: {
        customer: scope.customerId,
        fromMs: scope.fromMs,
        toMs: scope.toMs,
        timeZone: scope.timeZone,
        agent: of.agent,
        useCase: of.useCase ?? null,
        asOfMs: of.asOfMs,
        marginMs: safetyMarginMs,
        namesMost: of.namesMost,
      },
      identifiers: { truth, labels, key: tables.labels.key },
      settings: { ...spillSettings, max_memory_usage: memoryBytesMost },
      timeoutSeconds: quickSecondsMax,
    });
  } catch (error) {
    if (!isLimit(error)) throw error;
    throw new AppError(
      'limit',
      `The days of this agent could not be read within ${quickSecondsMax} seconds or the memory that one read may use. Choose fewer days.`,
      { cause: error },
    );
  }
}
