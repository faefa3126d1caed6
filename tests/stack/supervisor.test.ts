import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { freePort } from '@/lib/embedded/ports';
import { startPostgres } from '@/lib/embedded/postgres/start';
import { createLog } from '@/lib/log';
import { connectPostgres } from '@/lib/postgres/client';
import { pgStatement } from '@/lib/postgres/statement';
import { RunFile } from '@/lib/run-file';
import { startStack } from '@/scripts/support/stack.mjs';
import { namedSeries, seriesIn } from '@/tests/support/monitoring';
import { until } from '@/tests/support/until';

type Stack = Awaited<ReturnType<typeof startStack>>;

const log = createLog('tests', 'warn');
const folder = mkdtempSync(join(tmpdir(), 'slc-stack-'));
chmodSync(folder, 0o755);
const small = { SLC_DEMO_CONVERSATIONS: '3000', SLC_LOG_LEVEL: 'warn', SLC_METRICS_TOKEN: 'of-the-supervisor-test' };
const dataDir = join(folder, 'one');
let stack: Stack;
let metricsPort: number;

/** Every process of a data folder: one that has it in its arguments or its environment. */
function processesOf(dir: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((entry) => ['cmdline', 'environ'].some((file) => read(`/proc/${entry}/${file}`).includes(dir)))
    .filter((entry) => !/\) Z /.test(read(`/proc/${entry}/stat`)))
    .map(Number);
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

const runFile = (dir = dataDir) => RunFile.parse(JSON.parse(readFileSync(join(dir, 'run.json'), 'utf8')));
const Processes = z.object({ children: z.array(z.object({ name: z.string(), pid: z.number() })) });
const pidOf = (name: string) =>
  Processes.parse(JSON.parse(read(join(dataDir, 'processes.json')))).children.find((child) => child.name === name)?.pid;

const isReady = (url: string) =>
  fetch(`${url}/api/ready`).then(
    ({ ok }) => ok,
    () => false,
  );

const metricsOf = (url: string): Promise<string> =>
  fetch(`${url}/api/metrics`, { headers: { authorization: `Bearer ${small.SLC_METRICS_TOKEN}` } }).then(
    (answer) => answer.text(),
    () => '',
  );

/** The parts that are well, by the metrics. */
const wellOf = async (url: string): Promise<string[]> =>
  [...(await metricsOf(url)).matchAll(/^slc_part_up\{part="(\w+)"\} 1$/gm)].map((found) => found[1] ?? '');

async function clickhouse(query: string, url = runFile().clickhouseUrl): Promise<string> {
  const { admin = '' } = runFile().clickhouseUsers;
  const headers = { 'X-ClickHouse-User': 'admin', 'X-ClickHouse-Key': admin };
  const response = await fetch(url, { method: 'POST', body: query, headers });
  if (!response.ok) throw new Error(await response.text());
  return (await response.text()).trim();
}

/** Starts a supervisor that is expected to refuse. */
function refusal(env: Record<string, string>): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...small, ...env } };
    execFile(process.execPath, ['dist/supervisor.mjs'], options, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, text: stdout + stderr }),
    );
  });
}

beforeAll(async () => {
  metricsPort = await freePort(null);
  stack = await startStack({ dataDir, env: { ...small, SLC_METRICS_PORT: String(metricsPort) } });
});

afterAll(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a started console', () => {
  it('says where its engines and its pages are', () => {
    const output = stack.output();
    expect(output).toMatch(/^clickhouse http:\/\/127\.0\.0\.1:\d+$/m);
    expect(output).toMatch(/^postgres postgres:\/\/slc_app@127\.0\.0\.1:\d+\/console$/m);
    for (const secret of Object.values(runFile().clickhouseUsers)) expect(output).not.toContain(secret);
    expect(output).not.toContain(new URL(runFile().postgresUrl).password);
    expect(output.match(/^ready http:\/\/127\.0\.0\.1:\d+$/gm)).toHaveLength(1);
  });

  it('has scanned every customer before it is ready', async () => {
    expect(await wellOf(stack.url)).toEqual(expect.arrayContaining(['clickhouse', 'postgres', 'chats', 'worker']));
    expect(await metricsOf(stack.url)).toMatch(/^slc_customers_never_scanned 0$/m);
  });

  it('exposes, on the ports of web and worker, every series that an alert or a panel names', async () => {
    const texts = await Promise.all(
      [metricsPort, metricsPort + 1].map(async (port) => {
        const authorization = `Bearer ${small.SLC_METRICS_TOKEN}`;
        return (await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { authorization } })).text();
      }),
    );
    const exposed = new Set(texts.flatMap((text) => [...seriesIn(text)]));
    expect(namedSeries().filter(({ name }) => !exposed.has(name))).toEqual([]);
    await until('a round of retention', async () => /^slc_retention_rules_late 0$/m.test(await metricsOf(stack.url)));
    // The worker counted its scans, and web its pages' requests.
    expect(texts[1]).toMatch(/^slc_scan_seconds_count\{cause="first start",outcome="succeeded"\} [1-9]/m);
    expect(texts[1]).toMatch(/^slc_clickhouse_statement_seconds_count\{statement="detection\.[^"]+"\} [1-9]/m);
  });

  it('keeps its credentials to its owner', () => {
    for (const name of ['run.json', 'keys.json', 'postgres.json'])
      expect(statSync(join(dataDir, name)).mode & 0o777, name).toBe(0o600);
    // As root, Postgres' own account passes through.
    expect(statSync(dataDir).mode & 0o066).toBe(0);
    expect(statSync(join(dataDir, 'clickhouse')).mode & 0o077).toBe(0);
  });

  it('refuses a port that is taken, in a sentence', async () => {
    const { port } = new URL(stack.url);
    const { code, text } = await refusal({ PORT: port, SLC_DATA_DIR: join(folder, 'two') });
    expect({ code, text: text.trim() }).toEqual({
      code: 1,
      text: `Port ${port} is taken by another program. Set PORT to a free one.`,
    });
    expect(processesOf(join(folder, 'two'))).toEqual([]);
  });

  it('refuses a second console on its data folder, and goes on', async () => {
    const { code, text } = await refusal({ PORT: '0', SLC_DATA_DIR: dataDir });
    expect(code).toBe(1);
    expect(text).toContain(`A console already runs on ${dataDir}`);
    expect(await isReady(stack.url)).toBeTruthy();
  });

  it.each(['worker', 'web', 'clickhouse', 'postgres'])(
    'sees that its %s was killed, and starts it again',
    async (name) => {
      const before = pidOf(name) ?? 0;
      expect(before).toBeGreaterThan(0);
      process.kill(before, 'SIGKILL');
      await until(`another ${name}`, () => {
        const now = pidOf(name);
        return now !== undefined && now !== before;
      });
      await until('a ready console', async () => {
        const well = await wellOf(stack.url);
        return ['clickhouse', 'postgres', 'worker'].every((part) => well.includes(part)) && isReady(stack.url);
      });
      expect(stack.output()).toContain(`${name} ended by itself and is started again`);
    },
  );
});

describe('after the supervisor was killed', () => {
  it('the next start ends what was left behind and finds its data', async () => {
    await clickhouse("INSERT INTO alaska_air.conversation_with_labels (conversation_id) VALUES ('kept')");
    const { port } = new URL(stack.url);
    const orphans = Processes.parse(JSON.parse(read(join(dataDir, 'processes.json')))).children.map(({ pid }) => pid);
    process.kill(stack.pid, 'SIGKILL');
    await stack.exited;
    expect(orphans.filter((pid) => existsSync(`/proc/${pid}`))).toHaveLength(4);

    const urls = runFile();
    stack = await startStack({ dataDir, env: small, port: Number(port) });
    expect(orphans.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
    expect(runFile().clickhouseUrl).toBe(urls.clickhouseUrl);
    expect(runFile().postgresUrl).toBe(urls.postgresUrl);
    const kept = "SELECT count() FROM alaska_air.conversation_with_labels WHERE conversation_id = 'kept'";
    expect(await clickhouse(kept)).toBe('1');
  });
});

describe('a stopped console', () => {
  it('ends with 0 and leaves no process and no run file behind', async () => {
    expect(processesOf(dataDir).length).toBeGreaterThan(3);
    const code = await stack.stop({ keep: true });
    expect(code).toBe(0);
    expect(processesOf(dataDir)).toEqual([]);
    expect(existsSync(join(dataDir, 'run.json'))).toBe(false);
  });

  it('starts again from its data, without making the demo anew', async () => {
    stack = await startStack({ dataDir, env: { ...small, SLC_LOG_LEVEL: 'info' } });
    expect(stack.output()).not.toContain('seeded a demo customer');
    expect(
      await clickhouse("SELECT count() FROM alaska_air.conversation_with_labels WHERE conversation_id = 'kept'"),
    ).toBe('1');
  });

  it('is stopped by Ctrl-C as by SIGTERM', async () => {
    process.kill(stack.pid, 'SIGINT');
    expect(await stack.exited).toBe(0);
    expect(processesOf(dataDir)).toEqual([]);
  });
});

describe('with DATABASE_URL', () => {
  it('uses that Postgres, starts none of its own, and leaves it running', async () => {
    const given = await startPostgres({ dataDir: join(folder, 'given'), log, durable: false });
    const dir = join(folder, 'three');
    const other = await startStack({
      dataDir: dir,
      env: { ...small, DATABASE_URL: given.url, MIGRATION_DATABASE_URL: given.ownerUrl },
    });
    expect(other.output()).toContain(`postgres ${given.url.replace(/:[^:@]*@/, '@')}\n`);
    expect(existsSync(join(dir, 'postgres'))).toBe(false);
    expect(await other.stop({ keep: true })).toBe(0);
    const db = connectPostgres({ url: given.url, log, application: 'tests', connectionsMax: 1 });
    const scans = pgStatement({
      name: 'test.scans',
      text: "SELECT count(*) AS scans FROM scans WHERE status = 'succeeded'",
      row: z.object({ scans: z.number() }),
    });
    expect((await db.query(scans))[0]?.scans).toBeGreaterThanOrEqual(6);
    await db.close();
    await given.stop();
  });
});
