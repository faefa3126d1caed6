import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlRun } from '@/lib/backfill/control/control-run';
import { getRun } from '@/lib/backfill/view/get-run';
import { reportMarkdown } from '@/lib/campaigns/state/report-markdown-model';
import { getCampaign } from '@/lib/campaigns/view/get-campaign';
import { reportCampaign } from '@/lib/campaigns/view/report-campaign';
import type { Customer } from '@/lib/customers/model';
import {
  campaignIs,
  campaigningContext,
  campaignOf,
  planned,
  runsOf,
  smallCustomers,
  started,
  statusesOf,
} from '../../support/campaign';
import type { TestContext } from '../../support/context';
import { labelRowsOf, operator } from '../../support/repair';
import { until } from '../../support/until';
import { labelerDoes, stubbedLabeler } from '../../support/worker';

/** Takes away the label of one stale conversation, so that a repair deletes one row less than was planned. */
async function loseOneStale({ admin }: TestContext, { database }: Customer): Promise<void> {
  const found = await admin.client.query({
    query: `SELECT l.conversation_id AS id FROM ${database}.conversation_with_labels AS l
      JOIN ${database}.conversation AS t ON t.conversation_id = l.conversation_id
      WHERE l.agent_user_id != t.agent_user_id LIMIT 1`,
    format: 'JSONEachRow',
  });
  const [row] = await found.json<{ id: string }>();
  await admin.client.command({
    query: `ALTER TABLE ${database}.conversation_with_labels DELETE WHERE conversation_id = '${row?.id}'`,
    clickhouse_settings: { mutations_sync: '2' },
  });
}

describe('a campaign of twelve customers', () => {
  let ctx: TestContext;
  let customers: Customer[];
  /** In the order of the campaign: the canary, a wave of 4, one of 2, and one of 5. */
  let ordered: Customer[];
  const rest = () => ordered.slice(7);
  beforeAll(async () => {
    ctx = await campaigningContext({ env: stubbedLabeler });
    customers = await smallCustomers(ctx, 12);
  });
  afterAll(() => ctx?.close());

  it('of which the seventh fails touches nothing after its wave, and follows the run that a person mends', async () => {
    const campaign = await planned(ctx, campaignOf(customers, { waves: [4, 2, 5], concurrency: 4 }));
    expect(campaign).toMatchObject({ status: 'planned', needsApproval: false, sums: { customers: 12 } });
    ordered = campaign.customers.map(({ customerId }) => customers.find(({ id }) => id === customerId) as Customer);
    const seventh = ordered[6] as Customer;
    await loseOneStale(ctx, ordered[1] as Customer);
    const before = await Promise.all(rest().map((one) => labelRowsOf(ctx, one)));
    labelerDoes(ctx, `fail ${seventh.id}`);
    await started(ctx, campaign);
    const ended = await campaignIs(ctx, campaign.id, 'ended');
    expect(ended).toMatchObject({ outcome: 'stopped', counts: { 'needs attention': 1, 'not begun': 5 } });
    expect(ended.rowsDeleted).toBe(6 * 17 - 1);
    expect((await statusesOf(ctx, campaign.id)).slice(0, 5)).toEqual(Array(5).fill('verified'));
    expect((await statusesOf(ctx, campaign.id)).slice(7)).toEqual(Array(5).fill('not begun'));
    expect(await runsOf(ctx, rest())).toEqual([]);
    expect(await Promise.all(rest().map((one) => labelRowsOf(ctx, one)))).toEqual(before);

    labelerDoes(ctx, '');
    const [run] = await runsOf(ctx, [seventh]);
    await controlRun(ctx, { runId: run?.id ?? '', control: 'retry', reason: 'the labeler works' }, operator);
    await until('the seventh is verified', async () => (await statusesOf(ctx, campaign.id))[6] === 'verified');
    expect(await getCampaign(ctx, campaign.id)).toMatchObject({ status: 'ended', outcome: 'stopped' });
    const report = await reportCampaign(ctx, campaign.id);
    expect(report).toMatchObject({ unitsVerified: 7, conversationsChanged: 7 * 17 });
    expect(report.agentDaysMended).toBeGreaterThan(0);
    expect(report.verified).toHaveLength(7);
    expect(reportMarkdown(report)).toContain('## Not verified: 5 customers');
    const first = await getRun(ctx, report.verified[0]?.runId ?? '');
    expect(first).toMatchObject({ campaignId: campaign.id, startedBy: 'olga', reason: 'CONVI-6242' });
  });

  it('and two at once over the same customers never overlap: each customer is repaired by one run', async () => {
    const campaigns = await Promise.all([1, 2].map(() => planned(ctx, campaignOf(rest(), { waves: [4] }))));
    await Promise.all(campaigns.map((campaign) => started(ctx, campaign)));
    const ended = await Promise.all(campaigns.map(({ id }) => campaignIs(ctx, id, 'ended')));
    expect(
      ended.map(({ outcome }) => outcome).every((one) => one === 'all verified' || one === 'nothing to repair'),
    ).toBe(true);
    const runs = await runsOf(ctx, rest());
    expect(runs.map(({ status }) => status)).toEqual(Array(5).fill('verified'));
    expect(new Set(runs.map((run) => run.customer_id)).size).toBe(5);
  });
});
