import { type Command, Option } from 'commander';
import { decideApproval } from '@/lib/approvals/decide-approval';
import { approvalSentence } from '@/lib/approvals/state-model';
import { flagNames } from '@/lib/detection/flags';
import { AppError } from '@/lib/errors';
import { askOrder } from '@/lib/orders/ask-order';
import { endOrder } from '@/lib/orders/end-order';
import { getOrder, listOrders } from '@/lib/orders/list-orders';
import { type OrderStatus, type OrderSummary, type OrderView, orderStatuses } from '@/lib/orders/model';
import { previewInWords } from '@/lib/orders/order-words-model';
import { proposeOrder } from '@/lib/orders/propose-order';
import { every, poll } from '@/lib/poll';
import { type FilterOptions, filterOf, numberOf } from './campaign/options';
import { exitCodes } from './exit-codes';
import { say, show, table } from './output';
import { type Session, withSession } from './session';

const pollMs = 300;

/** `orders list | show | propose | approve | end`. */
export function addOrderCommands(program: Command): void {
  const orders = program.command('orders').description('standing orders: repair what goes stale, every night');

  orders
    .command('list')
    .description('active orders and those that stopped themselves first, then the newest')
    .addOption(new Option('--status <status>', 'only this status').choices(orderStatuses))
    .option('--json', 'JSON for programs')
    .action((options: { status?: OrderStatus; json?: boolean }) =>
      withSession(
        async ({ ctx, actor }) => {
          const found = await listOrders(ctx, { status: options.status }, actor);
          show({ orders: found }, options.json === true, () => drawList(found));
          return undefined;
        },
        { permission: 'read' },
      ),
    );

  orders
    .command('show')
    .description('one order: its terms, what it would have done last night, and what it did every night')
    .argument('<order>')
    .option('--json', 'JSON for programs')
    .action((id: string, options: { json?: boolean }) =>
      withSession(
        async ({ ctx, actor }) => {
          show(await getOrder(ctx, orderIdOf(id), actor), options.json === true, drawOrder);
          return undefined;
        },
        { permission: 'read' },
      ),
    );

  addPropose(orders);

  orders
    .command('approve')
    .description('approve another person’s order; needs the role approver')
    .argument('<order>')
    .requiredOption('--reason <text>', 'why, for the audit')
    .option('--plan-hash <hash>', 'the order that you looked at; by default as it is now')
    .option('--json', 'JSON for programs')
    .action((id: string, options: { reason: string; planHash?: string; json?: boolean }) =>
      withSession(
        async ({ ctx, actor }) => {
          const order = await getOrder(ctx, orderIdOf(id), actor);
          say(drawOrder(order));
          if (!order.approval) throw new AppError('conflict', 'Nobody asked for an approval of this order yet.');
          const { id: approvalId, planHash } = order.approval;
          const decision = { approvalId, planHash: options.planHash ?? planHash, decision: 'approve' as const };
          const decided = await decideApproval(ctx, { ...decision, reason: options.reason }, actor);
          show(decided, options.json === true, approvalSentence);
          return undefined;
        },
        { permission: 'backfill.approve', localRole: 'approver' },
      ),
    );

  orders
    .command('end')
    .description('end an order; a campaign of it that is under way stops')
    .argument('<order>')
    .requiredOption('--reason <text>', 'why, for the audit')
    .option('--json', 'JSON for programs')
    .action((id: string, options: { reason: string; json?: boolean }) =>
      withSession(
        async ({ ctx, actor }) => {
          const ended = await endOrder(ctx, { orderId: orderIdOf(id), reason: options.reason }, actor);
          show(ended, options.json === true, () => 'The order has ended.');
          return undefined;
        },
        { permission: 'backfill.control', input: { orderId: id, reason: options.reason } },
      ),
    );
}

type ProposeOptions = FilterOptions & {
  rows: string;
  rowsOfCustomer: string;
  daysBack: string;
  failureBudget: string;
  hours: string;
  timeZone: string;
  until: string;
  replaces?: string;
  reason: string;
  json?: boolean;
};

function addPropose(orders: Command): void {
  orders
    .command('propose')
    .description('propose an order, show what it would have done last night, and ask a second person')
    .option('--all-affected', 'every customer with an affected conversation')
    .option('--customer <id...>', 'these customers')
    .addOption(new Option('--flag <flag...>', 'customers that have one of these flags').choices(flagNames))
    .requiredOption('--until <day>', 'the night that begins on this day is the last, at most 92 days ahead')
    .requiredOption('--reason <text>', 'why; the approver reads it')
    .option('--rows <number>', 'label rows that a night may delete at most', '50000')
    .option('--rows-of-customer <number>', 'label rows of a customer that a night may delete at most', '10000')
    .option('--days-back <number>', 'how many settled days a night looks back', '7')
    .option('--failure-budget <number>', 'stop when more customers than this are set aside in a night', '0')
    .option('--hours <range>', 'the window of each night', '01:00-05:00')
    .option('--time-zone <zone>', 'the zone of --hours', 'UTC')
    .option('--replaces <order>', 'the order that this one replaces once it is approved')
    .option('--json', 'JSON for programs')
    .action((options: ProposeOptions) =>
      withSession(
        async (session) => {
          const { orderId } = await proposeOrder(session.ctx, requestOf(options), session.actor);
          say('counting what it would have done last night');
          const order = await waitForPreview(session, orderId);
          if (order.planHash !== null) say(drawOrder(order));
          if (order.status !== 'proposed' || order.planHash === null) {
            show(order, options.json === true, ({ next }) => next);
            return exitCodes.notGood;
          }
          await askOrder(session.ctx, { orderId, planHash: order.planHash }, session.actor);
          const asked = await getOrder(session.ctx, orderId, session.actor);
          show(asked, options.json === true, ({ next }) => `${next} Order ${orderId}`);
          return exitCodes.done;
        },
        { permission: 'backfill.run', input: options },
      ),
    );
}

/** Throws AppError('invalid_input') for options that are no terms. */
function requestOf(options: ProposeOptions) {
  const [from = '', to = ''] = options.hours.split('-');
  return {
    filter: filterOf(options),
    rowsOfNight: numberOf(options.rows, '--rows'),
    rowsOfCustomer: numberOf(options.rowsOfCustomer, '--rows-of-customer'),
    daysBack: numberOf(options.daysBack, '--days-back'),
    failureBudget: numberOf(options.failureBudget, '--failure-budget'),
    window: { from, to, timeZone: options.timeZone },
    untilDay: options.until,
    reason: options.reason,
    replaces: options.replaces === undefined ? undefined : orderIdOf(options.replaces),
  };
}

const waitForPreview = ({ ctx, actor, signal }: Session, orderId: string): Promise<OrderView> =>
  poll({ ...every(pollMs), signal }, async () => {
    const order = await getOrder(ctx, orderId, actor);
    return order.status === 'counting' ? null : order;
  });

function orderIdOf(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return text;
  throw new AppError('invalid_input', `"${text.slice(0, 80)}" is not the id of an order. "orders list" shows the ids.`);
}

const drawList = (orders: OrderSummary[]): string =>
  table(
    ['Order', 'Status', 'Last night', 'Until', 'Proposed by', 'Approved by', 'What it may do'],
    orders.map((one) => [
      one.id,
      one.status,
      one.lastNight ? `${one.lastNight.night} ${one.lastNight.status}` : null,
      one.terms.untilDay,
      one.createdBy,
      one.activeAtMs === null ? null : (one.approval?.decidedBy ?? null),
      one.words,
    ]),
  );

/** An order as text for people. */
function drawOrder(order: OrderView): string {
  const { preview, nights } = order;
  const customers = table(
    ['Customer', 'Days', 'Rows', 'Conversations', 'Why it would have been left out'],
    (preview?.customers ?? []).map((one) => [one.customerId, one.days, one.rows, one.conversations, one.leftOut]),
  );
  const done = table(
    ['Night', 'Status', 'Verified', 'Rows', 'Set aside', 'Left out', 'Campaign', 'What happened'],
    nights.map((one) => [
      one.night,
      one.status,
      one.verified,
      one.rows,
      one.setAside,
      one.leftOut,
      one.campaignId,
      one.sentence,
    ]),
  );
  return [
    `Standing order ${order.id}: ${order.status}`,
    order.words,
    `Proposed by ${order.createdBy}: ${order.reason}`,
    ...(preview
      ? ['', `In the night of ${preview.night} it would have done this. ${previewInWords(preview)}`, customers]
      : []),
    ...(nights.length > 0 ? ['', done] : []),
    '',
    order.next,
    ...(order.planHash ? [`Plan ${order.planHash}`] : []),
  ].join('\n');
}
