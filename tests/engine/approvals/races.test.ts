import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expireApprovals } from '@/lib/approvals/expire-approvals';
import { listApprovals } from '@/lib/approvals/list-approvals';
import { withdrawApproval } from '@/lib/approvals/withdraw-approval';
import { type TestContext, testContext } from '@/tests/support/context';
import { ann, approvalsIn, ben, olga } from './asking';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx?.close());

const { asked, decide, use, stateOf, actionsOf, past } = approvalsIn(() => ctx);
const outcomes = (results: PromiseSettledResult<unknown>[]) => results.map((result) => result.status).sort();

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
