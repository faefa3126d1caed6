import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { controlCampaign } from '@/lib/campaigns/control/control-campaign';
import type { CampaignControl } from '@/lib/campaigns/state/campaign-model';
import { getCampaign } from '@/lib/campaigns/view/get-campaign';
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
import { operator } from '../../support/repair';
import { until } from '../../support/until';
import { labelerDoes, stubbedLabeler } from '../../support/worker';

describe('a campaign', () => {
  let ctx: TestContext;
  let customers: Customer[];
  beforeAll(async () => {
    ctx = await campaigningContext({ env: stubbedLabeler });
    customers = await smallCustomers(ctx, 4);
  });
  beforeEach(() => labelerDoes(ctx, ''));
  afterAll(() => ctx?.close());
  const control = (campaignId: string, control: CampaignControl) =>
    controlCampaign(ctx, { campaignId, control, reason: 'only a test' }, operator);

  it('stops when its canary is not verified, and the rest is not begun', async () => {
    labelerDoes(ctx, 'fail');
    const [first, second] = customers as [Customer, Customer];
    const request = campaignOf([first, second], { canary: second.id, failureBudget: 2 });
    const campaign = await planned(ctx, request);
    expect(campaign.canary).toBe(second.id);
    await started(ctx, campaign);
    const ended = await campaignIs(ctx, campaign.id, 'ended');
    expect(ended).toMatchObject({ outcome: 'stopped' });
    expect(ended.events.map(({ text }) => text).join(' ')).toContain(`The canary ${second.id} is not verified`);
    expect(await statusesOf(ctx, campaign.id)).toEqual(['needs attention', 'not begun']);
    expect(await runsOf(ctx, [first])).toEqual([]);
  });

  it('pauses with its run, goes on where it was, and stopped it begins nothing more', async () => {
    const campaign = await planned(
      ctx,
      campaignOf([customers[0], ...customers.slice(2)] as Customer[], { waves: [1] }),
    );
    await started(ctx, campaign);
    await until('the canary runs', async () => (await statusesOf(ctx, campaign.id))[0] === 'running');
    await control(campaign.id, 'pause');
    const [run] = await runsOf(ctx, [{ id: campaign.canary ?? '' }]);
    const pauseOfRun = async () => {
      const { rows } = await ctx.db.pool.query('SELECT pause, status FROM backfill_runs WHERE id = $1', [run?.id]);
      return rows[0]?.pause?.cause ?? (rows[0]?.status === 'verified' && 'verified');
    };
    // A run that is past its delete goes on until its unit is verified.
    expect(['campaign', 'verified']).toContain(await until('the run pauses', pauseOfRun));
    expect(await getCampaign(ctx, campaign.id)).toMatchObject({ status: 'paused', pause: { cause: 'person' } });
    expect((await statusesOf(ctx, campaign.id)).slice(1)).toEqual(['waiting', 'waiting']);
    await control(campaign.id, 'resume');
    await until('the canary is verified', async () => (await statusesOf(ctx, campaign.id))[0] === 'verified');
    await control(campaign.id, 'stop');
    expect(await campaignIs(ctx, campaign.id, 'ended')).toMatchObject({ outcome: 'stopped', controls: [] });
    const statuses = await statusesOf(ctx, campaign.id);
    expect(statuses[0]).toBe('verified');
    expect(statuses[2]).toBe('not begun');
    expect(['verified', 'not begun']).toContain(statuses[1]);
  });

  it('outside its window holds, and says when work may begin', async () => {
    const hour = (ahead: number) => `${String((new Date().getUTCHours() + ahead) % 24).padStart(2, '0')}:00`;
    const window = { from: hour(6), to: hour(7), timeZone: 'UTC' };
    const campaign = await planned(ctx, campaignOf([customers[3]] as Customer[], { window }));
    await started(ctx, campaign);
    const held = await campaignIs(ctx, campaign.id, 'paused');
    expect(held).toMatchObject({ pause: { cause: 'hold' }, counts: { waiting: 1 } });
    expect(held.next).toContain(`${window.from} to ${window.to}`);
    await control(campaign.id, 'stop');
    expect(await campaignIs(ctx, campaign.id, 'ended')).toMatchObject({ outcome: 'stopped' });
  });
});
