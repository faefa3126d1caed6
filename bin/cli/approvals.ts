import type { Command } from 'commander';
import { decideApproval } from '@/lib/approvals/decide-approval';
import { getApproval, listApprovals } from '@/lib/approvals/list-approvals';
import { type ApprovalState, approvalSentence, approvalStates } from '@/lib/approvals/state-model';
import { AppError } from '@/lib/errors';
import { formatNumber } from '@/lib/words';
import { exitCodes } from './exit-codes';
import { say, show, table } from './output';
import { withSession } from './session';

type Decision = { reason: string; planHash?: string; json?: boolean };

/** `approvals list | show | approve | refuse`. */
export function addApprovalCommands(program: Command): void {
  const approvals = program
    .command('approvals')
    .description('list the requests that wait for a second person, and decide on them');

  approvals
    .command('list')
    .description('all requests: waiting ones first, then the newest')
    .option('--customer <id>', 'only this customer')
    .option('--state <state>', `only this state: ${approvalStates.join(', ')}`)
    .option('--json', 'JSON for programs')
    .action((options: { customer?: string; state?: ApprovalState; json?: boolean }) =>
      withSession(
        async ({ ctx, actor }) => {
          const found = await listApprovals(ctx, { customerId: options.customer, state: options.state }, actor);
          show({ approvals: found }, options.json === true, () =>
            table(
              ['Approval', 'State', 'Kind', 'What', 'Rows', 'Asked by', 'Reason', 'Decided by'],
              found.map((one) => [
                one.id,
                one.state,
                one.kind,
                one.summary,
                one.rows,
                one.requestedBy,
                one.reason,
                one.decidedBy,
              ]),
            ),
          );
          return undefined;
        },
        { permission: 'read' },
      ),
    );

  approvals
    .command('show')
    .description('one request with the plan as it was previewed, as JSON')
    .argument('<approval>')
    .action((id: string) =>
      withSession(
        async ({ ctx, actor }) => {
          show(await getApproval(ctx, approvalIdOf(id), actor), true, String);
          return undefined;
        },
        { permission: 'read' },
      ),
    );

  for (const decision of ['approve', 'refuse'] as const)
    approvals
      .command(decision)
      .description(`${decision} the plan of another person’s request; needs the role approver`)
      .argument('<approval>')
      .requiredOption('--reason <text>', 'why, for the audit')
      .option('--plan-hash <hash>', 'the plan that you looked at; by default the one of the request')
      .option('--json', 'JSON for programs')
      .action((id: string, options: Decision) =>
        withSession(
          async ({ ctx, actor }) => {
            const seen = await getApproval(ctx, approvalIdOf(id), actor);
            say(`${seen.summary}: ${formatNumber(seen.rows)} label rows. ${seen.requestedBy}: ${seen.reason}`);
            const planHash = options.planHash ?? seen.planHash;
            const decided = await decideApproval(
              ctx,
              { approvalId: seen.id, planHash, decision, reason: options.reason },
              actor,
            );
            show(decided, options.json === true, approvalSentence);
            return exitCodes.done;
          },
          { permission: 'backfill.approve', localRole: 'approver' },
        ),
      );
}

function approvalIdOf(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return text;
  throw new AppError(
    'invalid_input',
    `"${text.slice(0, 80)}" is not the id of an approval. "approvals list" shows the ids.`,
  );
}
