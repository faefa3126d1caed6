import QueryStream from 'pg-query-stream';
import type { z } from 'zod';
import { begin, type Postgres } from './client';
import { type PgStatement, valuesOf } from './statement';

/**
 * Rows of a statement in batches of at most `batchRows`, through a cursor, so that memory does not grow with the
 * result. It holds one connection until the loop ends. Leaving the loop early closes the cursor.
 */
export async function* streamRows<Params extends z.ZodObject, Row extends z.ZodType>(
  db: Postgres,
  statement: PgStatement<Params, Row>,
  params: z.input<Params>,
  batchRows: number,
): AsyncGenerator<z.output<Row>[]> {
  const client = await db.pool.connect();
  let failure: Error | undefined;
  // NOTE: without this listener the error of a server that disconnects would end the process.
  const heard = () => undefined;
  client.on('error', heard);
  const stream = new QueryStream(statement.text, valuesOf(statement, params), { batchSize: batchRows });
  try {
    await client.query(begin);
    client.query(stream);
    let batch: z.output<Row>[] = [];
    for await (const row of stream) {
      batch.push(statement.row.parse(row));
      if (batch.length < batchRows) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    stream.destroy();
    // It has only read, so nothing is lost if this fails.
    await client.query('ROLLBACK').catch((error) => {
      failure ??= error;
    });
    client.off('error', heard);
    client.release(failure);
  }
}
