import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import { selectHashes } from './packed';

/** Temporary table: the conversations that a session asks for, by hash. */
export const askedTable = 'slc_asked';

/** `chunk` is the one that counted the conversation, from 1. */
export const createAsked = statement({
  name: 'detection.create_asked',
  text: `CREATE TEMPORARY TABLE ${askedTable} (conversation UInt64, chunk UInt16) ENGINE = Memory`,
  row: z.never(),
});

/** Bounded by the caller to what one parameter may hold. */
export const insertAsked = statement({
  name: 'detection.insert_asked',
  text: `
    INSERT INTO ${askedTable} (conversation, chunk)
    SELECT hash, {chunk:UInt16}
    FROM (${selectHashes})`,
  params: z.object({ hashes: z.string(), chunk: z.number().int() }),
  row: z.never(),
});
