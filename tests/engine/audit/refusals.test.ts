import { afterAll, beforeAll, expect, it } from 'vitest';
import { listAudit } from '@/lib/audit/list-audit';
import { recordRefusal } from '@/lib/audit/record-refusal';
import type { Actor } from '@/lib/auth/model';
import { AppError } from '@/lib/errors';
import { type TestContext, testContext } from '@/tests/support/context';

const actor: Actor = { name: 'anna', role: 'viewer', via: 'web', requestId: 'request 1', subject: 'idp 7' };
const runId = 'b8a3ba5e-4a36-4a52-a1fc-3f41f3f3a0b5';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx.close());

it('a refused command stands in the audit with who, which scope, the reason given, and the sentence', async () => {
  const input = {
    customerId: 'acme',
    fromDay: '2026-02-10',
    toDay: '2026-02-11',
    planHash: 'f00',
    reason: 'ticket 12',
  };
  const error = new AppError('refused', 'The plan changed since you looked at it.');
  await recordRefusal(ctx, { actor, action: 'backfill.start', input, error });
  expect(await listAudit(ctx, { customerId: 'acme', result: 'refused', day: '2026-02-10' })).toEqual([
    expect.objectContaining({
      ...input,
      actor: 'anna',
      actorSubject: 'idp 7',
      role: 'viewer',
      action: 'backfill.start',
      result: 'refused',
      subject: 'The plan changed since you looked at it.',
      requestId: 'request 1',
      detail: { code: 'refused' },
    }),
  ]);
});

it('an error that nobody expected is audited as failed, without its words', async () => {
  await recordRefusal(ctx, { actor, action: 'backfill.control', input: { runId }, error: new Error('secret') });
  const [row] = await listAudit(ctx, { runId });
  expect(row).toMatchObject({ result: 'failed', action: 'backfill.control' });
  expect(JSON.stringify(row)).not.toContain('secret');
});

it('input that no rule refused is not audited, and hostile input never stops the row', async () => {
  const quiet = (['invalid_input', 'unauthenticated', 'limit', 'unavailable'] as const).map(
    (code) => new AppError(code, 'no'),
  );
  for (const error of quiet) await recordRefusal(ctx, { actor, action: 'quiet', input: {}, error });
  expect(await listAudit(ctx, { action: 'quiet' })).toEqual([]);
  const hostile = [
    null,
    1,
    'x',
    [],
    { customerId: 7, fromDay: '9999-99-99', runId: "' OR 1" },
    { reason: '\0\ud800'.repeat(9_000) },
  ];
  for (const input of hostile)
    await recordRefusal(ctx, { actor, action: 'hostile', input, error: new AppError('conflict', '\0') });
  expect(await listAudit(ctx, { action: 'hostile' })).toHaveLength(hostile.length);
});
