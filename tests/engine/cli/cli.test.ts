import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decideApproval } from '@/lib/approvals/decide-approval';
import type { ApprovalView } from '@/lib/approvals/model';
import { listAudit } from '@/lib/audit/list-audit';
import type { Customer } from '@/lib/customers/model';
import { incidentDay } from '@/lib/embedded/demo/incident';
import { runCli } from '../../support/bundled';
import type { TestContext } from '../../support/context';
import { freshDatabase, freshName } from '../../support/fresh';
import { incidentOf } from '../../support/repair';
import { workingContext } from '../../support/worker';

let ctx: TestContext;

beforeAll(async () => {
  ctx = await workingContext();
});
afterAll(() => ctx?.close());

const cli = (...args: string[]) => runCli(ctx.env, args);
async function json<Value>(...args: string[]): Promise<Value> {
  const { code, out, errors } = await cli(...args, '--json');
  if (code !== 0) throw new Error(`exit code ${code}: ${errors}`);
  expect(out.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(out) as Value;
}

const verbs = [
  ['customers', 'add'],
  ['customers', 'list'],
  ['customers', 'discover'],
  ['customers', 'check'],
  ['scan'],
  ['plan'],
  ['backfill'],
  ['runs', 'list'],
  ['runs', 'show'],
  ['approvals', 'list'],
  ['approvals', 'show'],
  ['approvals', 'approve'],
  ['approvals', 'refuse'],
  ['active-days'],
  ['tokens', 'create'],
  ['tokens', 'list'],
  ['tokens', 'revoke'],
  ['sessions', 'list'],
  ['sessions', 'revoke'],
  ['demo', 'reset'],
];

describe('help and errors', () => {
  test.each(verbs.map((verb) => [verb.join(' '), verb]))(
    '%s explains itself and the exit codes on stdout',
    async (_, verb) => {
      const { code, out } = await cli(...(verb as string[]), '--help');
      expect(code).toBe(0);
      expect(out).toContain(`Usage: slc ${(verb as string[]).join(' ')}`);
      expect(out).toContain('Exit codes:');
    },
  );

  test.each([
    ['a verb that is not there', ['dance'], 2, "unknown command 'dance'"],
    ['an option that is not there', ['scan', 'x', '--sideways'], 2, "unknown option '--sideways'"],
    ['no customer', ['plan'], 2, 'Name a customer.'],
    ['a customer that is not there', ['plan', 'nobody'], 2, 'There is no customer "nobody" in the registry.'],
    ['a run that is no id', ['runs', 'show', 'x'], 2, ''],
    ['a run that is not there', ['runs', 'show', '6f1b1b5e-54a4-4b7c-8f4c-8d3f3b8f0a11'], 2, ''],
  ])('%s ends with 2, a sentence on stderr and nothing on stdout', async (_, args, code, sentence) => {
    const result = await cli(...(args as string[]));
    expect(result.errors).toContain(sentence);
    expect(result.errors.trim()).not.toBe('');
    expect(result.out).toBe('');
    expect(result.code).toBe(code);
  });

  test('a day that is none is named', async () => {
    const customer = await incidentOf(ctx, { conversations: 21 });
    const { code, errors } = await cli('plan', customer.id, '--day', '2026-02-30');
    expect([code, errors]).toEqual([2, '"2026-02-30" is not a day. Write it as YYYY-MM-DD.\n']);
  });

  test('an engine that does not answer ends with 3, and so does no console at all', async () => {
    const dead = await runCli({ ...ctx.env, DATABASE_URL: 'postgres://x@127.0.0.1:9/x' }, ['customers', 'list']);
    expect([dead.code, dead.out]).toEqual([3, '']);
    const none = await runCli({ ...ctx.env, DATABASE_URL: '', SLC_DATA_DIR: '/nowhere' }, ['customers', 'list']);
    expect(none.code).toBe(3);
    expect(none.errors).toContain('Start it with "npm start"');
  });

  test('a console on given engines is never reset as a demo', async () => {
    const { code, errors } = await cli('demo', 'reset');
    expect(code).toBe(4);
    expect(errors).toContain('Only the embedded demo can be reset.');
  });
});

describe('customers', () => {
  test('are added, listed, checked and found in the data', async () => {
    const id = freshName('delta');
    const database = await freshDatabase();
    const args = [
      id,
      '--database',
      database,
      '--time-zone',
      'Asia/Kathmandu',
      '--profile',
      'web',
      'phone',
      '--name',
      'D',
    ];
    expect(await json('customers', 'add', ...args)).toMatchObject({
      customer: { id, displayName: 'D', profiles: ['phone', 'web'], database, timeZone: 'Asia/Kathmandu' },
    });
    expect((await cli('customers', 'add', ...args)).code).toBe(4);
    const { customers } = await json<{ customers: Customer[] }>('customers', 'list');
    expect(customers.map((one) => one.id)).toContain(id);
    const { databases } = await json<{ databases: { database: string; registeredAs: string[] }[] }>(
      'customers',
      'discover',
    );
    expect(databases.find((one) => one.database === database)?.registeredAs).toEqual([id]);
    const checked = await cli('customers', 'check', id);
    expect(checked.code).toBe(5);
    expect(checked.out).toContain('No data was found for: phone, web.');
    const audit = await listAudit(ctx, { customerId: id });
    expect(audit).toMatchObject([{ action: 'customer.add', via: 'cli' }]);
  });

  test('are a table for people', async () => {
    const { out } = await cli('customers', 'list');
    expect(out.split('\n')[0]).toMatch(/^Customer +Name +State +Aliases +Database +Time zone +Profiles$/);
    expect(out).not.toContain('\u001b');
  });
});

describe('a repair from the terminal', () => {
  test('is planned, run and followed, and its Active Days read, with JSON alone on stdout', async () => {
    const customer = await incidentOf(ctx, { conversations: 60 });
    const range = [customer.id, '--from', incidentDay, '--to', '2026-02-11'];
    const plan = await json<{ hash: string; rowsToDelete: number }>('plan', ...range);
    expect(plan).toMatchObject({ strategy: 'no-gap', rowsToDelete: 17, units: [{ conversationsThatChange: 17 }] });
    const before = await json<{ totals: object }>('active-days', ...range);
    const opened = await cli('active-days', ...range, '--agent', 'Corinne Harmon', '--conversations');
    expect(opened.out).toContain('With the labels of any one of these 17 conversations right, the day counts.');
    expect(opened.out.match(/labelled while open, \d+ minutes before the truth changed/g)).toHaveLength(17);
    const opened17 = await cli('active-days', ...range, '--agent', 'Corinne Harmon', '--csv');
    expect(opened17.out.trim().split('\n')).toHaveLength(18);
    const run = await json<{ runId: string; status: string }>(
      'backfill',
      ...range,
      '--plan-hash',
      plan.hash,
      '--reason',
      'ticket 7',
      '--wait',
    );
    expect(run.status).toBe('verified');
    const shown = await json<object>('runs', 'show', run.runId);
    expect(shown).toMatchObject({ id: run.runId, status: 'verified', reason: 'ticket 7', unitsVerified: 1 });
    const after = await json<{ agents: { agent: string }[]; totals: { before: number; after: number } }>(
      'active-days',
      '--run',
      run.runId,
    );
    expect(after.agents[0]).toEqual({ agent: 'Corinne Harmon', before: 0, expected: 1, after: 1, verdict: 'fixed' });
    expect(after.totals.after - after.totals.before).toBe(1);
    expect(before.totals).toMatchObject({ before: after.totals.before });
    const csv = await cli('active-days', '--run', run.runId, '--csv');
    expect(csv.out.split('\n').slice(0, 2)).toEqual([
      'agent,before,expected,after,verdict',
      'Corinne Harmon,0,1,1,fixed',
    ]);
    const table = await cli('active-days', ...range);
    expect(table.out).toMatch(/^Total +\d+ +\d+ /m);
    expect(table.out).toContain('Current values.');
    const kept = await json<{ runs: { runId: string; keepsDays: boolean }[] }>('active-days', customer.id, '--runs');
    expect(kept.runs).toMatchObject([{ runId: run.runId, fromDay: incidentDay, keepsDays: true }]);
    const strip = await cli('active-days', '--run', run.runId, '--agent', 'Corinne Harmon');
    expect(strip.out).toMatch(/^2026-02-10 +- +counts +counts +counts +The labels of 17 of 17 conversations/m);
    const runs = await json<{ runs: { id: string }[] }>('runs', 'list', '--customer', customer.id);
    expect(runs.runs.map((one) => one.id)).toEqual([run.runId]);
    const again = await cli('backfill', ...range);
    expect(again.code).toBe(4);
    expect(again.errors).toContain('No day of the range needs a repair.');
  }, 120_000);

  test('above the row threshold ends with 6 until a second person approved it, and with 4 for one’s own', async () => {
    const customer = await incidentOf(ctx, { conversations: 30 });
    const strict = { ...ctx.env, SLC_APPROVAL_ROWS: '16' };
    const backfill = ['backfill', customer.id, '--day', incidentDay, '--json'];
    const first = await runCli(strict, backfill);
    expect([first.code, JSON.parse(first.out)]).toMatchObject([6, { needsApproval: true, approval: null }]);
    const asked = await runCli(strict, [...backfill, '--ask-approval', '--reason', 'ticket 8']);
    const { approval } = JSON.parse(asked.out) as { approval: ApprovalView };
    expect([asked.code, approval.state, approval.rows, approval.mine]).toEqual([6, 'waiting', 17, true]);
    const own = await runCli(strict, ['approvals', 'approve', approval.id, '--reason', 'looks good']);
    expect(own.code).toBe(4);
    expect(own.errors).toContain('You asked for this yourself');
    await decideApproval(
      ctx,
      { approvalId: approval.id, planHash: approval.planHash, decision: 'approve', reason: 'looked at it' },
      { name: 'ann', role: 'approver', via: 'web', requestId: '-' },
    );
    const { approvals } = await json<{ approvals: ApprovalView[] }>('approvals', 'list', '--customer', customer.id);
    expect(approvals).toMatchObject([{ id: approval.id, state: 'approved', decidedBy: 'ann' }]);
    expect((await runCli(strict, backfill)).code).toBe(0);
  }, 120_000);

  test('of a plan that is not known is refused with 4, and nothing runs', async () => {
    const customer = await incidentOf(ctx, { conversations: 30 });
    const { code, errors } = await cli('backfill', customer.id, '--day', incidentDay, '--plan-hash', '0'.repeat(64));
    expect(code).toBe(4);
    expect(errors).toContain('Look at a new preview first.');
    expect((await json<{ runs: unknown[] }>('runs', 'list', '--customer', customer.id)).runs).toEqual([]);
  });
});
