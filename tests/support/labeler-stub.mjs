// Replaces the labeler: does what `labeler-mode` in the data folder says, the real one's work when it says
// nothing.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const modePath = join(process.env.SLC_DATA_DIR, 'labeler-mode');
const mode = existsSync(modePath) ? readFileSync(modePath, 'utf8') : '';
const customer = process.env.FILTER_CUSTOMER_IN_LABEL_CONVERSATIONS_WITH_AGENT_ASSISTANCE;
if (mode === 'fail' || mode === `fail ${customer}`) {
  process.stdout.write('the labeler cannot reach its source\n');
  process.exit(3);
}
if (mode.startsWith('INSERT')) {
  const url = new URL(process.env.CLICKHOUSE_URL);
  url.searchParams.set('insert_deduplicate', '1');
  const headers = {
    'X-ClickHouse-User': process.env.CLICKHOUSE_LABELER_USER,
    'X-ClickHouse-Key': process.env.CLICKHOUSE_LABELER_PASSWORD,
  };
  const answer = await fetch(url, { method: 'POST', headers, body: mode });
  process.stdout.write(`${answer.status} ${await answer.text()}\n`);
  process.exit(answer.ok ? 0 : 1);
}
if (mode !== 'nothing') {
  const done = spawnSync(process.execPath, ['dist/labeler.mjs'], { stdio: 'inherit' });
  process.exit(done.status ?? 1);
}
process.stdout.write('labeled 0 conversations\n');
