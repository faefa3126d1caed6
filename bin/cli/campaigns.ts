import { type Command, Option } from 'commander';
import { approvalSentence } from '@/lib/approvals/state-model';
import { unitChoices } from '@/lib/backfill/state/choice-model';
import { repairStrategies } from '@/lib/backfill/state/name-model';
import { controlCampaign } from '@/lib/campaigns/control/control-campaign';
import { requestCampaignApproval, startCampaign } from '@/lib/campaigns/control/start-campaign';
import { planCampaign } from '@/lib/campaigns/plan/plan-campaign';
import { type CampaignView, campaignControls } from '@/lib/campaigns/state/campaign-model';
import { reportMarkdown } from '@/lib/campaigns/state/report-markdown-model';
import { getCampaign } from '@/lib/campaigns/view/get-campaign';
import { listCampaigns } from '@/lib/campaigns/view/list-campaigns';
import { reportCampaign } from '@/lib/campaigns/view/report-campaign';
import { flagNames } from '@/lib/detection/flags';
import { AppError } from '@/lib/errors';
import { numberOf, type PlanOptions, requestOf } from './campaign/options';
import { drawCampaign, drawList } from './campaign/text';
import { waitForCampaign, waitForPlan } from './campaign/wait';
import { exitCodes } from './exit-codes';
import { say, show } from './output';
import { type Session, withSession } from './session';

/** `campaign plan | start | show | list | pause | resume | stop | report`. */
export function addCampaignCommands(program: Command): void {
  const campaign = program.command('campaign').description('repair many customers by one plan');
  addPlan(campaign);
  addStart(campaign);

  campaign
    .command('list')
    .description('active campaigns first, then the newest')
    .option('--json', 'JSON for programs')
    .action((options: { json?: boolean }) =>
      withSession(
        async ({ ctx }) => {
          show({ campaigns: await listCampaigns(ctx) }, options.json === true, ({ campaigns }) => drawList(campaigns));
          return undefined;
        },
        { permission: 'read' },
      ),
    );

  campaign
    .command('show')
    .description('one campaign: its customers, what happened, and what happens next')
    .argument('<campaign>')
    .option('--wait', 'follow the campaign until it ends; exit code 5 unless every customer is verified')
    .option('--page <number>', 'the page of its customers, from 1', '1')
    .option('--left-out', 'the customers that are left out, with the reasons')
    .option('--json', 'JSON for programs')
    .action((id: string, options: { wait?: boolean; page: string; leftOut?: boolean; json?: boolean }) =>
      withSession(
        async (session) => {
          if (options.wait) await waitForCampaign(session, id);
          const view = await getCampaign(session.ctx, id, {
            page: numberOf(options.page, '--page') - 1,
            show: options.leftOut ? 'left out' : 'planned',
          });
          show(view, options.json === true, drawCampaign);
          return options.wait ? codeOf(view) : exitCodes.done;
        },
        { permission: 'read' },
      ),
    );

  for (const control of campaignControls)
    campaign
      .command(control)
      .description(controlHelp[control])
      .argument('<campaign>')
      .requiredOption('--reason <text>', 'why, for the audit')
      .option('--json', 'JSON for programs')
      .action((campaignId: string, options: { reason: string; json?: boolean }) =>
        withSession(
          async ({ ctx, actor }) => {
            const { controls } = await getCampaign(ctx, campaignId);
            const offer = controls.find((one) => one.control === control);
            if (offer) say(`${offer.verb}: ${offer.effect}`);
            await controlCampaign(ctx, { campaignId, control, reason: options.reason }, actor);
            show(
              { campaignId, control },
              options.json === true,
              () => `Done. Follow it: campaign show ${campaignId} --wait`,
            );
            return undefined;
          },
          { permission: 'backfill.control', input: { campaignId, control } },
        ),
      );

  campaign
    .command('report')
    .description('what a campaign came to, as Markdown')
    .argument('<campaign>')
    .option('--json', 'JSON for programs')
    .action((id: string, options: { json?: boolean }) =>
      withSession(
        async ({ ctx }) => {
          show(await reportCampaign(ctx, id), options.json === true, reportMarkdown);
          return undefined;
        },
        { permission: 'read' },
      ),
    );
}

const controlHelp = {
  pause: 'begin no other customer, and pause the runs under way before their next delete',
  resume: 'go on with a campaign that a person paused',
  stop: 'begin no other customer, and end each run under way after its unit',
};

function addPlan(campaign: Command): void {
  campaign
    .command('plan')
    .description('plan a campaign and show what it would do; changes nothing')
    .option('--all-affected', 'every customer with an affected conversation in the range')
    .option('--customer <id...>', 'these customers')
    .addOption(new Option('--flag <flag...>', 'customers that have one of these flags').choices(flagNames))
    .option('--day <day>', 'one day, YYYY-MM-DD, in each customer’s time zone')
    .option('--from <day>', 'first day, inclusive')
    .option('--to <day>', 'last day, exclusive; by default the day after --from')
    .addOption(
      new Option('--strategy <name>', 'how to repair; by default as each plan recommends').choices(repairStrategies),
    )
    .addOption(new Option('--units <choice>', 'how days are put together').choices(unitChoices).default('joined'))
    .option('--canary <id>', 'the customer that is repaired first; by default the one with the fewest label rows')
    .option('--waves <sizes>', 'customers in each wave after the canary, such as 5,20')
    .option('--concurrency <number>', 'customers that are repaired at a time')
    .option('--failure-budget <number>', 'stop when more customers than this are not repaired')
    .option('--growth <percent>', 'how many more label rows of a customer than planned may be deleted')
    .option('--hours <range>', 'begin units only in these hours, such as 22:00-06:00')
    .option('--time-zone <zone>', 'the zone of --hours', 'UTC')
    .option('--confirm <id...>', 'confirm these pre-checks, which are unknown, for every customer')
    .option('--json', 'JSON for programs')
    .action((options: PlanOptions) =>
      withSession(
        async (session) => {
          const { campaignId } = await planCampaign(session.ctx, requestOf(options), session.actor);
          const view = await waitForPlan(session, campaignId);
          show(view, options.json === true, drawCampaign);
          return view.sums.customers > 0 ? exitCodes.done : exitCodes.notGood;
        },
        { permission: 'backfill.plan', input: options },
      ),
    );
}

type StartOptions = { planHash?: string; reason?: string; askApproval?: boolean; wait?: boolean; json?: boolean };

function addStart(campaign: Command): void {
  campaign
    .command('start')
    .description('start a planned campaign')
    .argument('<campaign>')
    .option('--plan-hash <hash>', 'start the plan with this hash or refuse; by default the plan of now')
    .option('--reason <text>', 'why, for the audit')
    .option('--ask-approval', 'above the row threshold: ask a second person to approve exactly this plan')
    .option('--wait', 'follow the campaign until it ends; exit code 5 unless every customer is verified')
    .option('--json', 'JSON for programs')
    .action((campaignId: string, options: StartOptions) =>
      withSession(
        async (session) => {
          const view = await getCampaign(session.ctx, campaignId);
          say(drawCampaign(view));
          const planHash = options.planHash ?? view.planHash;
          if (planHash === null) throw new AppError('conflict', 'The campaign is still being planned.');
          const request = { campaignId, planHash, reason: options.reason ?? '' };
          if (view.status === 'planned' && view.needsApproval && !(await isApproved(session, request, options)))
            return exitCodes.needsApproval;
          await startCampaign(session.ctx, request, session.actor);
          if (!options.wait) {
            show({ campaignId }, options.json === true, () => `Started. Follow it: campaign show ${campaignId} --wait`);
            return exitCodes.done;
          }
          const ended = await waitForCampaign(session, campaignId);
          show(ended, options.json === true, drawCampaign);
          return codeOf(ended);
        },
        { permission: 'backfill.run', input: { campaignId, ...options } },
      ),
    );
}

/** Whether the plan is approved. If not, prints the state of the request, which `--ask-approval` makes first. */
async function isApproved(
  { ctx, actor }: Session,
  request: { campaignId: string; planHash: string; reason: string },
  options: StartOptions,
): Promise<boolean> {
  if (options.askApproval) await requestCampaignApproval(ctx, request, actor);
  const { approval } = await getCampaign(ctx, request.campaignId);
  if (approval?.state === 'approved') return true;
  show({ needsApproval: true, planHash: request.planHash, approval }, options.json === true, () =>
    approval
      ? `Not started. Approval ${approval.id} is ${approval.state}: ${approvalSentence(approval)}${
          approval.state === 'waiting' ? ' It starts by itself once it is approved.' : ''
        }`
      : 'Not started. A second person must first approve exactly this plan. Ask with --ask-approval --reason "why".',
  );
  return false;
}

const codeOf = ({ outcome }: CampaignView) => (outcome === 'all verified' ? exitCodes.done : exitCodes.notGood);
