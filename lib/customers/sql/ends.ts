import { quoteName } from '@/lib/clickhouse/identifiers';
import { bareType } from '../catalogue';
import { endBounds } from '../model';

const isNullable = (type: string) => /(^|\()Nullable\(/.test(type);
const isFine = (type: string) => bareType(type).startsWith('DateTime64');

/** Milliseconds of an instant column of whatever type; NULL stays NULL. NOTE: toUnixTimestamp of 2299 throws 407. */
export function msOf(column: string, type: string): string {
  const name = quoteName(column);
  return isFine(type) ? `toUnixTimestamp64Milli(${name})` : `toInt64(toUnixTimestamp(${name})) * 1000`;
}

/** The end as stored, in milliseconds; NULL is 0. */
export function storedEndMs(type: string): string {
  const ms = msOf('conversation_end_time', type);
  return isNullable(type) ? `ifNull(${ms}, 0)` : ms;
}

/** 1 where what is stored means that the conversation is open: see `endBounds`. */
export const isOpenEnd = (type: string): string =>
  `(${storedEndMs(type)} < ${endBounds.fromMs} OR ${storedEndMs(type)} >= ${endBounds.toMs})`;

/** The end in milliseconds, 0 where the conversation is open. */
export const endMsOf = (type: string): string => `if(${isOpenEnd(type)}, 0, ${storedEndMs(type)})`;

/** The same rule for the labeler's source in Postgres. */
export const chatIsClosed = `ended_at >= to_timestamp(${endBounds.fromMs / 1000}) AND ended_at < to_timestamp(${endBounds.toMs / 1000})`;
