import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { departTo } from '@/lib/auth/oidc';
import { ClickHouse } from '@/lib/clickhouse/client';
import { loadConfig } from '@/lib/config';
import { incidentDay } from '@/lib/embedded/demo/incident';
import { messageOf } from '@/lib/errors';
import { readClickHouseIdentity } from '@/lib/health/sql';
import { kubernetesApi } from '@/lib/jobs/kubernetes/api';
import { withAppErrors } from '@/lib/jobs/kubernetes/failure';
import { outcomeOf } from '@/lib/label-jobs/submit-delete';
import { connectPostgres, type Postgres } from '@/lib/postgres/client';
import { runBundled, runCli } from '../../support/bundled';
import { privateAuthority, tlsFront } from '../../support/certificates';
import { type TestContext, testContext } from '../../support/context';
import { adminOf, testLog } from '../../support/fresh';
import { incidentOf } from '../../support/repair';
import { until } from '../../support/until';

let ctx: TestContext;
let admin: Postgres;
let authority: ReturnType<typeof privateAuthority>;
const fronts: { close(): void }[] = [];
beforeAll(async () => {
  ctx = await testContext();
  authority = privateAuthority(inject('engines').folder);
  admin = adminOf('postgres');
  const { cert, key } = authority.certificate('postgres');
  for (const [name, value] of Object.entries({ ssl_cert_file: cert, ssl_key_file: key, ssl: 'on' }))
    await admin.pool.query(`ALTER SYSTEM SET ${name} = '${value}'`);
  await admin.pool.query('SELECT pg_reload_conf()');
  const url = verified(ctx.env.DATABASE_URL, `&sslrootcert=${authority.caFile}`);
  await until('Postgres offers TLS', async () => (await answerOf(url)) === 'connected', 20_000);
});
afterAll(async () => {
  for (const front of fronts) front.close();
  for (const name of ['ssl', 'ssl_cert_file', 'ssl_key_file']) await admin?.pool.query(`ALTER SYSTEM RESET ${name}`);
  await admin?.pool.query('SELECT pg_reload_conf()');
  await admin?.close();
  await ctx?.close();
});

const front = async (of: Parameters<typeof tlsFront>[1], target = inject('engines').clickhouseUrl) => {
  const made = await tlsFront(target, of);
  fronts.push(made);
  return made.url;
};
const verified = (url = '', more = '') =>
  Object.assign(new URL(url), { hostname: 'localhost', search: `?sslmode=verify-full${more}` }).href;

/** "connected", or the sentence that says why not. */
async function answerOf(url: string): Promise<string> {
  const db = connectPostgres({ url, log: testLog, application: 'tests', connectionsMax: 1 });
  try {
    await db.transaction(async () => undefined);
    return 'connected';
  } catch (error) {
    return messageOf(error);
  } finally {
    await db.close();
  }
}

describe('certificates of a private authority', () => {
  it('hold for the command line, the worker and its Jobs, with NODE_EXTRA_CA_CERTS and nothing else', async () => {
    const customer = await incidentOf(ctx);
    const env = {
      ...ctx.env,
      DATABASE_URL: verified(ctx.env.DATABASE_URL),
      CHATS_DATABASE_URL: verified(ctx.env.CHATS_DATABASE_URL),
      CLICKHOUSE_URL: await front(authority.certificate('clickhouse')),
      NODE_EXTRA_CA_CERTS: authority.caFile,
    };
    const worker = runBundled('worker.mjs', env);
    const repair = await runCli(env, [
      'backfill',
      customer.id,
      '--day',
      incidentDay,
      '--reason',
      'tls',
      '--confirm',
      'labeler-running',
      '--wait',
    ]);
    const { rows } = await admin.pool.query(
      `SELECT DISTINCT ssl FROM pg_stat_activity JOIN pg_stat_ssl USING (pid)
       WHERE application_name = 'slc-worker' AND datname = $1`,
      [new URL(env.DATABASE_URL).pathname.slice(1)],
    );
    worker.child.kill('SIGTERM');
    await worker.ended;
    expect(repair, repair.errors).toMatchObject({ code: 0 });
    expect(rows).toEqual([{ ssl: true }]);
  });

  it('come from a file that can be read, or the process does not start', () => {
    const start = (file: string) => () => loadConfig({ ...process.env, NODE_EXTRA_CA_CERTS: file });
    expect(start('/nowhere/ca.crt')).toThrow(/NODE_EXTRA_CA_CERTS: must be a readable file of PEM certificates/);
    expect(start('/etc/hostname')).toThrow(/NODE_EXTRA_CA_CERTS/);
    expect(start(authority.caFile)).not.toThrow();
  });
});

describe('a ClickHouse whose certificate does not hold is named, and nothing is sent', () => {
  it.each([
    ['of an unknown authority', () => authority.certificate('unknown'), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', false],
    ['signed by itself', () => authority.selfSigned(), 'DEPTH_ZERO_SELF_SIGNED_CERT', true],
    [
      'made for another name',
      () => authority.certificate('other', { names: 'DNS:other.example' }),
      'ERR_TLS_CERT_ALTNAME_INVALID',
      true,
    ],
    ['that has expired', () => authority.certificate('old', { days: -1 }), 'CERT_HAS_EXPIRED', true],
  ])('%s', async (_, certificate, code, trusted) => {
    const CLICKHOUSE_URL = await front(certificate());
    const env = { ...ctx.env, CLICKHOUSE_URL, NODE_EXTRA_CA_CERTS: trusted ? authority.caFile : '' };
    const { code: exit, errors } = await runCli(env, ['customers', 'discover']);
    expect(errors).toContain(`ClickHouse shows a certificate`);
    expect(errors).toContain(code);
    expect(exit).toBe(3);
  });

  it('speaks plain HTTP where https was meant, and a delete ends as not submitted', async () => {
    const url = inject('engines').clickhouseUrl.replace('http:', 'https:');
    const clickhouse = new ClickHouse({ url, user: ctx.config.clickhouse.users.reader, log: testLog });
    const error = await clickhouse.client.ping({ select: true }).then((answer) => !answer.success && answer.error);
    expect(outcomeOf(error)).toBe('engineUnavailable');
    await expect(clickhouse.readOne(readClickHouseIdentity, {})).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('one side speaks TLS and the other does not'),
    });
    await clickhouse.close();
  });
});

it('Postgres: a root certificate in the URL holds, and what does not hold is named', async () => {
  const url = ctx.env.DATABASE_URL;
  expect(await answerOf(verified(url, `&sslrootcert=${authority.caFile}`))).toBe('connected');
  expect(await answerOf(verified(url))).toContain('certificate of an authority that this process does not know');
  expect(await answerOf(verified(url, '&sslrootcert=/nowhere/ca.crt'))).toContain(
    'The certificate file /nowhere/ca.crt',
  );
});

it('the provider of the sign-in and Kubernetes: an unknown authority is named', async () => {
  const url = await front(authority.certificate('others'));
  const oidc = {
    issuer: url,
    clientId: 'console',
    clientSecret: null,
    clientAuth: 'client_secret_basic' as const,
    scope: 'openid',
    groupsClaim: 'groups',
    roles: {},
  };
  const unknown = /shows a certificate of an authority that this process does not know/;
  await expect(departTo(oidc, { redirectUri: 'http://127.0.0.1/', again: false })).rejects.toThrow(unknown);
  const api = kubernetesApi({ server: url, name: null, authorize: async () => undefined });
  await expect(withAppErrors(() => api.get('/version'))).rejects.toThrow(unknown);
  api.close();
});
