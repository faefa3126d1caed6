import { z } from 'zod';
import type { Scope } from '../model';

/** The values of a half-open range of starts: two instants, in milliseconds. */
export const RangeParams = z.object({ fromMs: z.number().int(), toMs: z.number().int() });

/** The values of every statement over a customer's rows of a range, whatever their profile. */
export const CustomerRangeParams = RangeParams.extend({ customer: z.string().min(1) });

/** The values of every statement over a scope. */
export const ScopeParams = CustomerRangeParams.extend({ profiles: z.array(z.string()).min(1) });

export const scopeParams = (scope: Pick<Scope, 'customerId' | 'profiles' | 'fromMs' | 'toMs' | 'timeZone'>) => ({
  customer: scope.customerId,
  profiles: scope.profiles,
  fromMs: scope.fromMs,
  toMs: scope.toMs,
  timeZone: scope.timeZone,
});

const start = 'conversation_start_time';

/** Starts from an instant on. `ms` is an expression of milliseconds. */
export const startsFrom = (ms: string): string => `${start} >= fromUnixTimestamp64Milli(${ms}, 'UTC')`;

/**
 * Starts before an instant, exactly, for each type of the column: the bound is the column's last value before it
 * (docs/clickhouse-facts.md#upper-bounds).
 */
const startsBefore = (ms: string): string =>
  `${start} <= CAST(fromUnixTimestamp64Nano(${ms} * 1000000 - 1, 'UTC'), toTypeName(${start}))`;

/** The one range of starts, between two expressions of milliseconds: the first is in it, the second is not. */
export const startsBetween = (fromMs: string, toMs: string): string =>
  `${startsFrom(fromMs)}
      AND ${startsBefore(toMs)}`;

const Instants = z.array(z.number().int()).min(1);

/** The values of several ranges of starts that do not overlap, in milliseconds: see `rangesParams`. */
export const RangesParams = z.object({ begins: Instants, bounds: Instants });
type Ranges = { begins: string; bounds: string };
const ranges: Ranges = { begins: '{begins:Array(Int64)}', bounds: '{bounds:Array(Int64)}' };

/**
 * Ranges that do not overlap, as a statement takes them: where they begin, and every instant at which one begins or
 * ends, after one that is before them all.
 */
export const rangesParams = (of: readonly { fromMs: number; toMs: number }[]): z.infer<typeof RangesParams> => ({
  begins: of.map(({ fromMs }) => fromMs),
  bounds: [Number.MIN_SAFE_INTEGER, ...new Set(of.flatMap(({ fromMs, toMs }) => [fromMs, toMs]))],
});

/**
 * The beginning of the range in which a start lies, and for a start in none an instant at which none begins. `startMs`
 * is in milliseconds.
 * NOTE: a search in a constant. A lambda over an array would copy the array for each row.
 */
export const rangeOfStart = (startMs: string, { bounds } = ranges): string => `roundDown(${startMs}, ${bounds})`;

/** Starts in any of several ranges. */
export const startsInAny = (startMs: string, of = ranges): string => `${rangeOfStart(startMs, of)} IN ${of.begins}`;

/** The values of several half-open ranges of starts, of which each is looked up in the primary key: see `inStretches`. */
export const StretchesParams = z.object({ froms: Instants, tos: Instants });

export const stretchesParams = (of: readonly { fromMs: number; toMs: number }[]): z.infer<typeof StretchesParams> => ({
  froms: of.map(({ fromMs }) => fromMs),
  tos: of.map(({ toMs }) => toMs),
});

/** Starts in any of so many ranges. An element of a parameter is a constant, so that the primary key is used. */
export const inStretches = (count: number): string =>
  `(${Array.from({ length: count }, (_, at) => startsBetween(`{froms:Array(Int64)}[${at + 1}]`, `{tos:Array(Int64)}[${at + 1}]`)).join(' OR ')})`;

/** Rows of every customer of the range. */
export const inRange = startsBetween('{fromMs:Int64}', '{toMs:Int64}');

/** Rows of the customer in the range, whatever their profile. */
export const inCustomerRange = `customer_id = {customer:String}
      AND ${inRange}`;

/** Rows of the customer and its profiles, whenever they start. */
export const ofProfiles = `customer_id = {customer:String}
      AND profile_id IN {profiles:Array(String)}`;

/**
 * Rows of a scope: the one predicate of preview, digest, backup, delete, verification and the labeler's delete. No
 * other column may join it in a delete: docs/clickhouse-facts.md#delete-by-value.
 */
export const inScope = `${ofProfiles}
      AND ${inRange}`;
