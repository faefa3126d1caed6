import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

/** Runs statements on the console's own Postgres: a state that the demo does not come to by itself. */
export async function inConsoleDatabase(statements: string): Promise<void> {
  const dataDir = process.env.SLC_DATA_DIR;
  if (!dataDir) throw new Error('SLC_DATA_DIR must name the data folder of the stack under test.');
  const { postgresUrl } = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8'));
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    await client.query(statements);
  } finally {
    await client.end();
  }
}
