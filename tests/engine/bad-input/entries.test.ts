import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSession } from '@/lib/auth/open-session';
import type { Context } from '@/lib/context';
import { addCustomer } from '@/lib/customers/add-customer';
import { declarationOf } from '@/lib/edge/declared';
import { createLog } from '@/lib/log';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshDatabase } from '@/tests/support/fresh';
import { hostileTexts } from '@/tests/support/hostile';
import { operator } from '@/tests/support/repair';
import { hostileValues, spoilt } from '@/tests/support/schema-values';

const sent = vi.hoisted(() => ({ secret: '', origin: 'http://127.0.0.1:3000' }));
vi.mock('next/headers', () => ({
  headers: async () => new Headers({ origin: sent.origin, host: new URL(sent.origin).host }),
  cookies: async () => ({ get: () => ({ value: sent.secret }), set: () => undefined }),
}));

const filesNamed = (pattern: RegExp): string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'app', 'lib'], { encoding: 'utf8' })
    .split('\n')
    .filter((path) => pattern.test(path))
    .sort();

const shared = globalThis as typeof globalThis & { slcWebContext?: Context };
const uuid = 'b8a3ba5e-4a36-4a52-a1fc-3f41f3f3a0b5';
const lines: string[] = [];
let ctx: TestContext;

/** A request that each entry could read, of a customer that is there. */
const good: Record<string, string> = {
  customer: 'acme',
  from: '2026-02-10',
  to: '2026-02-11',
  day: '2026-02-10',
  at: '2026-02-11T09:30',
  run: uuid,
  item: uuid,
  kill: uuid,
  approval: uuid,
  campaign: uuid,
  order: uuid,
  finding: uuid,
  miss: uuid,
  month: '2026-02',
  asOf: '2026-02-10T08:00:00Z',
  status: 'active',
  step: 'delete',
  show: 'all',
  flags: 'wrongAgent',
  agent: 'anna',
  useCase: 'billing',
  q: 'c1',
  page: '1',
  before: '7',
  format: 'csv',
  rows: '5',
  strategy: 'replace',
  all: 'true',
  kind: 'backfill',
  planHash: 'a'.repeat(64),
  since: '2026-02-10',
  until: '2026-02-11',
  action: 'scan.request',
  actor: 'anna',
  conversation: 'c1',
  head: `7:${'a'.repeat(64)}`,
  channel: 'slack',
  state: 'waiting',
};

beforeAll(async () => {
  ctx = await testContext({ env: { SLC_ACTIONS_PER_MINUTE: '100000', SLC_SIGN_INS_PER_MINUTE: '100000' } });
  const database = await freshDatabase();
  await addCustomer(
    ctx,
    { id: 'acme', displayName: 'Acme', profiles: ['main'], database, timeZone: 'Africa/Cairo' },
    operator,
  );
  sent.origin = new URL(ctx.config.web.baseUrl).origin;
  shared.slcWebContext = { ...ctx, log: createLog('web', 'info', { write: (line) => lines.push(line) }) };
});
// A sign-in ends the session that it was sent with, so each entry gets a session that nothing else uses.
beforeEach(async () => {
  const identity = { provider: 'demo', subject: 'anna', name: 'anna', role: 'approver' } as const;
  const { secret } = await ctx.db.transaction((tx) =>
    openSession(tx, ctx.config.auth, { identity, userAgent: '', idToken: null, previousSecret: undefined }),
  );
  sent.secret = secret;
});
afterAll(async () => {
  shared.slcWebContext = undefined;
  await ctx.close();
});

/** What a person was shown: a sentence, and nothing of the inside. */
function expectSentence(text: unknown): void {
  expect(text).toEqual(expect.stringMatching(/^[\P{Cc}\n]{10,1000}$/su));
  expect(text).not.toMatch(/\bat .*\.(ts|js|mjs):\d+|SELECT |syntax error|ZodError|DB::Exception/);
}

/** The log of it: whole lines of JSON, and no error that nobody expected. */
function expectLog(): void {
  for (const line of lines.splice(0)) {
    expect(line.indexOf('\n')).toBe(line.length - 1);
    const { level, msg, err } = JSON.parse(line) as { level: number; msg: string; err?: { message: string } };
    expect({ level: level < 50 ? 'fine' : level, msg: level < 50 ? '' : `${msg}: ${err?.message}` }).toEqual({
      level: 'fine',
      msg: '',
    });
  }
}

const hostileText = fc.oneof(
  fc.constantFrom(...Object.values(hostileTexts).map((text) => text.slice(0, 3_000))),
  fc.constantFrom(
    '\0',
    '\ud800',
    '',
    '2026-02-30',
    '1926-02-10',
    '2126-02-10',
    '0000-01-01',
    '9999-12-31',
    '-1',
    '1e400',
    'NaN',
    '%00',
    '%',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const hostileQuery = (own: readonly string[]) =>
  fc
    .tuple(
      fc.subarray(Object.keys(good)),
      fc.dictionary(fc.constantFrom(...Object.keys(good), '__proto__', 'a[b]'), hostileText, {
        minKeys: 1,
        maxKeys: 3,
      }),
      fc.constantFrom(...own, 'q'),
      hostileText,
    )
    .map(([kept, bad, name, value]) => ({
      ...Object.fromEntries(kept.map((key) => [key, good[key] ?? ''])),
      ...bad,
      [name]: value,
    }));

describe.each(filesNamed(/^app\/api\/.*route\.ts$/))('%s', (path) => {
  it('answers hostile queries with 4xx and a sentence, never 5xx', { timeout: 240_000 }, async () => {
    const { GET } = (await import(resolve(path))) as { GET: (request: Request, context: object) => Promise<Response> };
    expect(declarationOf(GET)).not.toBeNull();
    if (/health\/(route|report)|ready|metrics|auth\//.test(path)) return;
    const own = [...path.matchAll(/\[(\w+)\]/g)].map((match) => match[1] as string);
    await fc.assert(
      fc.asyncProperty(hostileQuery(own), async (query) => {
        const params = Object.fromEntries(own.map((name) => [name, query[name] ?? good[name]]));
        const request = new Request(`${sent.origin}/x?${new URLSearchParams(query)}`);
        const answer = await GET(request, { params: Promise.resolve(params) });
        const body = await answer.text();
        expect(answer.status, body).toBeLessThan(500);
        expect([401, 403], 'the caller is let in').not.toContain(answer.status);
        if (answer.status >= 400) {
          const { ok, error } = JSON.parse(body) as { ok: boolean; error: { message: string } };
          expect(ok).toBe(false);
          expectSentence(error.message);
        }
        expectLog();
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });
});

const command = {
  customerId: 'acme',
  scanId: uuid,
  runId: uuid,
  killId: uuid,
  approvalId: uuid,
  sessionId: uuid,
  planId: uuid,
  campaignId: uuid,
  orderId: uuid,
  findingId: uuid,
  missId: uuid,
  untilDay: '2126-02-10',
  owner: 'anna',
  note: 'a note',
  filter: { by: 'name', customerIds: ['acme'] },
  kind: 'backfill',
  fromDay: '2026-02-10',
  toDay: '2026-02-11',
  day: '2026-02-10',
  planHash: 'a'.repeat(64),
  reason: 'a reason',
  immediately: true,
  confirmed: [],
  control: 'close',
  decision: 'refuse',
  strategy: 'replace',
  host: 'h',
  mutationId: 'mutation_1.txt',
  name: 'anna',
  role: 'viewer',
  id: 'other',
  displayName: 'Other',
  version: 1,
  profiles: ['p'],
  database: 'other',
  timeZone: 'UTC',
  event: 'finding new',
  channel: 'slack',
  enabled: true,
  urgent: false,
  affectedMin: 10,
  shareMin: 0.01,
  customers: ['acme*'],
  deliveryId: 1,
  text: 'acme 10 Feb 2026',
  here: 'acme',
};
type Answer = { ok: boolean; error?: { code: string; message: string } };
type Action = (input: unknown) => Promise<Answer>;
const actionFiles = filesNamed(/(^|\/)actions\.ts$/);
const actions = (
  await Promise.all(
    actionFiles.map(async (path) => Object.entries((await import(resolve(path))) as Record<string, Action>)),
  )
)
  .flat()
  .filter(([name]) => name !== 'signOut');

describe.each(actions)('the command %s', (_, run) => {
  it('answers hostile input with a sentence, and never with an unexpected error', { timeout: 240_000 }, async () => {
    expect(declarationOf(run)).not.toBeNull();
    // A command names the fields that it does not know: what is left are its own.
    const unknown = [...((await run(command)).error?.message ?? '').matchAll(/"(\w+)"/g)].map((match) => match[1]);
    const own = Object.fromEntries(Object.entries(command).filter(([key]) => !unknown.includes(key)));
    expect(Object.keys(own)).not.toHaveLength(Object.keys(command).length);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 5, arbitrary: spoilt(fc.constant(own)) }, spoilt(fc.constant(command)), hostileValues),
        async (input) => {
          const answer = await run(input);
          if (!answer.ok) {
            expect(answer.error?.code, JSON.stringify(answer)).not.toMatch(/unexpected|unavailable|unauth|forbidden/);
            expectSentence(answer.error?.message);
          }
          expectLog();
        },
      ),
      { numRuns: 100, endOnFailure: true },
    );
  });
});
