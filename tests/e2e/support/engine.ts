import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Runs a statement as the embedded ClickHouse's `admin`: what happens in the engine behind the console's back. */
export async function asAdmin(statement: string): Promise<string> {
  const dataDir = process.env.SLC_DATA_DIR;
  if (!dataDir) throw new Error('SLC_DATA_DIR must name the data folder of the stack under test.');
  const run = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8'));
  const response = await fetch(run.clickhouseUrl, {
    method: 'POST',
    body: statement,
    headers: { 'X-ClickHouse-User': 'admin', 'X-ClickHouse-Key': run.clickhouseUsers.admin },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}
