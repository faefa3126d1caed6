import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expireApprovals } from '@/lib/approvals/expire-approvals';
import { getApproval, listApprovals } from '@/lib/approvals/list-approvals';
import { requestApproval } from '@/lib/approvals/request-approval';
import { spendApproval } from '@/lib/approvals/spend-approval';
import { withdrawApproval } from '@/lib/approvals/withdraw-approval';
import type { Actor } from '@/lib/auth/model';
import { type TestContext, testContext } from '@/tests/support/context';
import { ann, approvalsIn, ben, hash, olga, person, request } from './asking';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx?.close());

const { asked, decide, use, stateOf, actionsOf, past } = approvalsIn(() => ctx);

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

  it('is asked for with a reason, and listed before what is over', async () => {
    await expect(requestApproval(ctx, request({ reason: ' ' }), olga)).rejects.toMatchObject({ code: 'invalid_input' });
    const of = await asked({}, person('zoe', 'operator'));
    const list = await listApprovals(ctx, {}, ann);
    const states = list.map((approval) => approval.state);
    expect(states.lastIndexOf('waiting')).toBeLessThan(states.findIndex((state) => state !== 'waiting'));
    expect(list.some((approval) => approval.id === of.approvalId)).toBe(true);
  });
});
