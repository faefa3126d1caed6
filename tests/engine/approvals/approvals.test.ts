import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideApproval } from '@/lib/approvals/decide-approval';
import { expireApprovals } from '@/lib/approvals/expire-approvals';
import { getApproval, listApprovals, waitingApprovals } from '@/lib/approvals/list-approvals';
import type { ApprovalRequest } from '@/lib/approvals/model';
import { requestApproval } from '@/lib/approvals/request-approval';
import { spendApproval } from '@/lib/approvals/spend-approval';
import { withdrawApproval } from '@/lib/approvals/withdraw-approval';
import { listAudit } from '@/lib/audit/list-audit';
import type { Actor } from '@/lib/auth/model';
import { type TestContext, testContext } from '@/tests/support/context';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx?.close());

const person = (name: string, role: Actor['role'], subject?: string): Actor => ({
  name,
  role,
  subject,
  via: 'web',
  requestId: randomUUID(),
});
const olga = person('olga', 'operator');
const ann = person('ann', 'approver');
const ben = person('ben', 'approver');

const hash = () => randomUUID().replaceAll('-', '').repeat(2);
const request = (more: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
  kind: 'backfill',
  subject: randomUUID(),
  planHash: hash(),
  plan: { rowsToDelete: 60_000, what: 'all of it' },
  confirmed: [],
  customerId: 'acme',
  scope: 'acme, 10 February',
  rows: 60_000,
  reason: 'CONVI-6242',
  ...more,
});
async function asked(more: Partial<ApprovalRequest> = {}, by = olga) {
  const wanted = request(more);
  const { approvalId } = await requestApproval(ctx, wanted, by);
  return { ...wanted, approvalId };
}
type Asked = Awaited<ReturnType<typeof asked>>;
const decide = (of: Asked, by: Actor, decision: 'approve' | 'refuse' = 'approve') =>
  decideApproval(ctx, { approvalId: of.approvalId, planHash: of.planHash, decision, reason: 'looked at it' }, by);
const use = (of: Asked, usedBy: string = randomUUID(), confirmed: string[] = []) =>
  ctx.db.transaction((tx) => spendApproval(tx, { kind: of.kind, planHash: of.planHash, confirmed, usedBy }, olga));
const stateOf = async (of: Asked) => (await getApproval(ctx, of.approvalId, ann)).state;
const actionsOf = async (of: Asked) =>
  (await listAudit(ctx, { rowsMax: 500 }))
    .filter((entry) => entry.subject === of.approvalId)
    .map((entry) => entry.action)
    .reverse();
const past = (of: Asked, milliseconds = 0) =>
  ctx.db.pool.query(`UPDATE approvals SET expires_at = now() + $2 * interval '1 millisecond' WHERE id = $1`, [
    of.approvalId,
    milliseconds,
  ]);
const outcomes = (results: PromiseSettledResult<unknown>[]) => results.map((result) => result.status).sort();

describe('an approval', () => {
  it('shows the plan as it was previewed, and starts one thing once a second person approved it', async () => {
    const of = await asked({ confirmed: ['chats'] });
    expect(await getApproval(ctx, of.approvalId, ann)).toMatchObject({
      state: 'waiting',
      plan: of.plan,
      rows: 60_000,
      requestedBy: 'olga',
      confirmed: ['chats'],
    });
    await decide(of, ann);
    const runId = randomUUID();
    expect(await use(of, runId, ['chats'])).toMatchObject({ state: 'used', usedBy: runId, decidedBy: 'ann' });
    await expect(use(of)).rejects.toMatchObject({ code: 'refused' });
    expect(await actionsOf(of)).toEqual(['approval.request', 'approval.approve', 'approval.use']);
  });

  it('is never given by who asked, by name or by subject, whatever the spelling', async () => {
    const named = await asked({}, person('Ann ', 'approver'));
    await expect(decide(named, ann)).rejects.toMatchObject({ code: 'forbidden' });
    const proven = await asked({}, person('ann', 'approver', 'https://id.example|7'));
    await expect(decide(proven, person('other name', 'approver', 'https://id.example|7'))).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(decide(proven, person('ANN', 'approver'))).rejects.toMatchObject({ code: 'forbidden' });
    expect(await stateOf(named)).toBe('waiting');
    expect((await decide(proven, person('ann', 'approver', 'https://id.example|8'))).state).toBe('approved');
  });

  it('is refused by Postgres itself when the code would let one person do both', async () => {
    const of = await asked();
    const own = (name: string, subject: string | null) =>
      ctx.db.pool.query(
        `UPDATE approvals SET state = 'approved', decided_by = $2, decided_subject = $3, decided_at = now(),
           decision_reason = 'x' WHERE id = $1`,
        [of.approvalId, name, subject],
      );
    await expect(own(' OLGA', null)).rejects.toMatchObject({ constraint: 'approvals_second_person' });
    await expect(
      ctx.db.pool.query(`UPDATE approvals SET state = 'approved' WHERE id = $1`, [of.approvalId]),
    ).rejects.toMatchObject({ constraint: 'approvals_decided' });
    const proven = await asked({}, person('olga', 'operator', 'iss|1'));
    await expect(
      ctx.db.pool.query(
        `UPDATE approvals SET state = 'approved', decided_by = 'ann', decided_subject = 'ISS|1', decided_at = now(),
           decision_reason = 'x' WHERE id = $1`,
        [proven.approvalId],
      ),
    ).rejects.toMatchObject({ constraint: 'approvals_second_person' });
  });

  it.each(['viewer', 'operator'] as const)('is never given by a %s', async (role) => {
    const of = await asked();
    await expect(decide(of, person('vera', role))).rejects.toMatchObject({ code: 'forbidden' });
    expect(await stateOf(of)).toBe('waiting');
  });

  it('is never given by a token, which its owner could make to be a second person', async () => {
    const of = await asked();
    const program: Actor = { ...person('nightly', 'approver', 'token 7'), via: 'cli' };
    await expect(decide(of, program)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(decide(of, { ...program, via: 'token' })).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is for exactly the plan that was looked at', async () => {
    const of = await asked();
    await expect(decide({ ...of, planHash: hash() }, ann)).rejects.toMatchObject({ code: 'conflict' });
    await decide(of, ann);
    await expect(use({ ...of, planHash: hash() })).rejects.toMatchObject({ code: 'refused' });
  });

  it('is reset by another plan of the same subject, approved or not, and not by the same plan', async () => {
    const of = await asked();
    expect((await requestApproval(ctx, { ...of }, ben)).approvalId).toBe(of.approvalId);
    await decide(of, ann);
    const changed = await asked({ subject: of.subject });
    expect(await stateOf(of)).toBe('withdrawn');
    expect(await stateOf(changed)).toBe('waiting');
    await expect(use(of)).rejects.toMatchObject({ message: expect.stringContaining('withdrawn') });
    expect(await actionsOf(of)).toEqual(['approval.request', 'approval.approve', 'approval.reset']);
  });

  it('does not cover a confirmation that the approver did not see', async () => {
    const of = await asked({ confirmed: ['chats'] });
    await decide(of, ann);
    await expect(use(of, randomUUID(), ['chats', 'disk'])).rejects.toMatchObject({
      message: expect.stringContaining('disk'),
    });
  });

  it('expires, before and after it was given, and can be asked for again', async () => {
    const [waiting, given] = [await asked(), await asked()];
    await decide(given, ann);
    await Promise.all([past(waiting), past(given)]);
    expect(await stateOf(waiting)).toBe('expired');
    await expect(decide(waiting, ann)).rejects.toMatchObject({ message: expect.stringContaining('expired') });
    await expect(use(given)).rejects.toMatchObject({ message: expect.stringContaining('expired') });
    await expireApprovals(ctx);
    expect(await actionsOf(waiting)).toEqual(['approval.request', 'approval.expire']);
    expect((await asked({ subject: given.subject, planHash: given.planHash })).approvalId).not.toBe(given.approvalId);
  });

  it('is withdrawn by who asked or by an approver, with a reason, and by nobody else', async () => {
    const of = await asked();
    const withdrawal = { approvalId: of.approvalId, reason: 'not needed' };
    await expect(withdrawApproval(ctx, withdrawal, person('vera', 'operator'))).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(withdrawApproval(ctx, { ...withdrawal, reason: ' ' }, olga)).rejects.toThrow();
    await withdrawApproval(ctx, withdrawal, olga);
    await expect(decide(of, ann)).rejects.toMatchObject({ code: 'conflict' });
    const revoked = await asked();
    await decide(revoked, ann);
    await withdrawApproval(ctx, { ...withdrawal, approvalId: revoked.approvalId }, ben);
    await expect(use(revoked)).rejects.toMatchObject({ code: 'refused' });
  });

  it('is as unused when what it was to start was rolled back', async () => {
    const of = await asked();
    await decide(of, ann);
    const failing = ctx.db.transaction(async (tx) => {
      await spendApproval(tx, { kind: of.kind, planHash: of.planHash, confirmed: [], usedBy: randomUUID() }, olga);
      throw new Error('the run could not be written');
    });
    await expect(failing).rejects.toThrow('the run could not be written');
    expect(await stateOf(of)).toBe('approved');
    expect((await use(of)).state).toBe('used');
  });

  it('is asked for with a reason, counted for others, and listed before what is over', async () => {
    await expect(requestApproval(ctx, request({ reason: ' ' }), olga)).rejects.toMatchObject({ code: 'invalid_input' });
    const before = await waitingApprovals(ctx, ann);
    const of = await asked({}, person('zoe', 'operator'));
    expect(await waitingApprovals(ctx, ann)).toEqual({ waiting: before.waiting + 1, ofOthers: before.ofOthers + 1 });
    expect((await waitingApprovals(ctx, person('Zoe', 'approver'))).ofOthers).toBe(before.waiting);
    const list = await listApprovals(ctx, {}, ann);
    const states = list.map((approval) => approval.state);
    expect(states.lastIndexOf('waiting')).toBeLessThan(states.findIndex((state) => state !== 'waiting'));
    expect(list.some((approval) => approval.id === of.approvalId)).toBe(true);
  });
});

const rounds = Array.from({ length: 12 }, (_, round) => round);

describe('at the same moment', () => {
  it('two approvers decide once', async () => {
    for (const _ of rounds) {
      const of = await asked();
      const both = await Promise.allSettled([decide(of, ann), decide(of, ben, 'refuse')]);
      expect(outcomes(both)).toEqual(['fulfilled', 'rejected']);
      expect(await actionsOf(of)).toHaveLength(2);
      expect(['approved', 'refused']).toContain(await stateOf(of));
    }
  });

  it('an approval and a withdrawal leave it withdrawn, and it starts nothing', async () => {
    for (const _ of rounds) {
      const of = await asked();
      const both = await Promise.allSettled([
        decide(of, ann),
        withdrawApproval(ctx, { approvalId: of.approvalId, reason: 'changed my mind' }, olga),
      ]);
      expect(both[1]?.status).toBe('fulfilled');
      expect(await stateOf(of)).toBe('withdrawn');
      expect(await actionsOf(of)).toHaveLength(both[0]?.status === 'fulfilled' ? 3 : 2);
      await expect(use(of)).rejects.toMatchObject({ code: 'refused' });
    }
  });

  it('an approval and the end of its time agree in state and audit', async () => {
    for (const round of rounds) {
      const of = await asked();
      await past(of, round);
      const [decided] = await Promise.allSettled([decide(of, ann), expireApprovals(ctx)]);
      await expireApprovals(ctx);
      const approved = decided?.status === 'fulfilled';
      expect(await stateOf(of)).toBe(approved ? 'approved' : 'expired');
      expect(await actionsOf(of)).toEqual(['approval.request', approved ? 'approval.approve' : 'approval.expire']);
    }
  });

  it('two starts use it once, and one of them starts nothing', async () => {
    for (const _ of rounds) {
      const of = await asked();
      await decide(of, ann);
      expect(outcomes(await Promise.allSettled([use(of), use(of), use(of)]))).toEqual([
        'fulfilled',
        'rejected',
        'rejected',
      ]);
      expect((await actionsOf(of)).filter((action) => action === 'approval.use')).toHaveLength(1);
    }
  });

  it('two requests of one subject leave one open', async () => {
    for (const _ of rounds) {
      const subject = randomUUID();
      await Promise.allSettled([asked({ subject }), asked({ subject }, ben)]);
      const open = (await listApprovals(ctx, { rowsMax: 500 }, ann)).filter(
        (approval) => approval.subject === subject && approval.state === 'waiting',
      );
      expect(open).toHaveLength(1);
    }
  });
});
