import { readdirSync, readFileSync } from 'node:fs';
import { loadYaml } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '@/lib/config';

const read = (path: string) => readFileSync(path, 'utf8');
const Service = z.object({
  image: z.string().optional(),
  build: z.object({}).optional(),
  command: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string().nullable()).optional(),
});
const Compose = z.object({ services: z.record(z.string(), Service) });
const { services } = Compose.parse(loadYaml(read('deploy/compose/compose.yaml')));

test('compose has two shards of two replicas with Keeper, a pooled Postgres, and the console', () => {
  expect(Object.keys(services).sort()).toEqual(
    'clickhouse-1-1 clickhouse-1-2 clickhouse-2-1 clickhouse-2-2 keeper migrate pgbouncer postgres web worker'.split(
      ' ',
    ),
  );
  for (const [name, { image, ports, volumes, command }] of Object.entries(services)) {
    expect(image, name).toMatch(/:[\w.-]+$/);
    for (const port of ports ?? []) expect(port, name).toMatch(/^127\.0\.0\.1:/);
    for (const volume of volumes ?? []) read(`deploy/compose/${volume.split(':')[0]}`);
    for (const program of command ?? []) read(program.replace(/^dist\/(.*)\.mjs$/, 'bin/$1.ts'));
  }
});

test.each(['web', 'worker', 'migrate'])('the environment of %s is a configuration of the console', (name) => {
  const set = Object.entries(services[name]?.environment ?? {}).flatMap(([key, value]) =>
    value === null ? [] : [[key, value]],
  );
  const { clickhouse, postgres } = loadConfig({
    NODE_ENV: 'test',
    SLC_DATA_DIR: '/nowhere',
    ...Object.fromEntries(set),
  });
  expect([clickhouse.cluster, new URL(postgres.url).hostname]).toEqual(['prod-eu', 'pgbouncer']);
});

test('the server’s files are balanced XML, and each node of the cluster is a service', () => {
  for (const file of readdirSync('deploy/compose/clickhouse')) {
    const open: string[] = [];
    for (const [, close, tag = '', alone] of read(`deploy/compose/clickhouse/${file}`)
      .replace(/<!--.*?-->/gs, '')
      .matchAll(/<(\/?)([\w-]+)[^>]*?(\/?)>/g)) {
      if (close) expect(open.pop(), file).toBe(tag);
      else if (!alone) open.push(tag);
    }
    expect(open, file).toEqual([]);
  }
  const hosts = [...read('deploy/compose/clickhouse/cluster.xml').matchAll(/<host>([\w-]+)<\/host>/g)].map(
    ([, host]) => host,
  );
  expect(hosts.filter((host) => !Object.hasOwn(services, host ?? ''))).toEqual([]);
});

test('the workflow runs the suite, and the engine tests on the server of compose', () => {
  const Workflow = z.object({
    jobs: z.record(z.string(), z.object({ steps: z.array(z.object({ run: z.string().optional() })) })),
  });
  const { jobs } = Workflow.parse(loadYaml(read('.github/workflows/ci.yaml')));
  const runs = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
  expect(runs).toContain('.ci/run');
  expect(runs).toContain('npx vitest run --project engine');
});
