import { type Command, Option } from 'commander';
import { parseInput } from '@/lib/edge/parse-input';
import { DeliveriesAddress } from '@/lib/notifications/address';
import { RetryDeliveries, TestChannel } from '@/lib/notifications/input-model';
import { channels, events, sendingChannels } from '@/lib/notifications/model';
import { retryDeliveries } from '@/lib/notifications/retry-deliveries';
import { testChannel } from '@/lib/notifications/test-channel';
import { listDeliveries } from '@/lib/notifications/view/list-deliveries';
import { readChannels, readNotifications, readRules } from '@/lib/notifications/view/read-notifications';
import {
  type CaseView,
  type ChannelView,
  type DeliveriesPage,
  type DeliveryView,
  deliveryStates,
  verdictOf,
} from '@/lib/notifications/view-model';
import { count } from '@/lib/words';
import { exitCodes } from './exit-codes';
import { drawRules, setRuleFrom } from './notification-rules';
import { say, show, table } from './output';
import { withSession } from './session';

type Json = { json?: boolean };
const read = { permission: 'read' } as const;
const manage = { permission: 'notifications.manage', localRole: 'approver' } as const;

/** `notifications channels | rules | set-rule | test | cases | deliveries | retry`. */
export function addNotificationCommands(program: Command): void {
  const notifications = program
    .command('notifications')
    .description('who hears of what, what was sent, and what could not be sent');

  notifications
    .command('channels')
    .description('the ways to people, and whether they work; exit code 5 if one does not')
    .option('--json', 'JSON for programs')
    .action((options: Json) =>
      withSession(async ({ ctx }) => {
        const nowMs = ctx.clock.now();
        const found = (await readChannels(ctx)).map((one) => ({ ...one, verdict: verdictOf(one, nowMs) }));
        show({ channels: found }, options.json === true, () => drawChannels(found));
        return found.some(({ verdict }) => verdict.state === 'dead') ? exitCodes.notGood : undefined;
      }, read),
    );

  notifications
    .command('rules')
    .description('which channel gets what')
    .option('--json', 'JSON for programs')
    .action((options: Json) =>
      withSession(async ({ ctx }) => {
        show({ rules: await readRules(ctx) }, options.json === true, (found) => drawRules(found.rules));
        return undefined;
      }, read),
    );

  notifications
    .command('set-rule')
    .description('change the rule of an event and a channel; what is not named stays as it is')
    .argument('<event>', events.join(', '))
    .argument('<channel>', channels.join(', '))
    .option('--off', 'the channel does not get the event')
    .option('--on', 'the channel gets the event')
    .option('--affected <number>', 'from so many affected conversations or customers on; "none": no such limit')
    .option('--share <percent>', 'or from this share on, such as 0.5; "none": no such limit')
    .option('--customers <id...>', 'only these customers; * stands for any characters, "all": all customers')
    .option('--urgent', 'also in quiet hours')
    .option('--quiet', 'not in quiet hours')
    .option('--json', 'JSON for programs')
    .action((event: string, channel: string, options) =>
      withSession(
        async ({ ctx, actor }) => {
          const rule = await setRuleFrom(ctx, { event, channel, options }, actor);
          show(rule, options.json === true, () => drawRules([rule]));
          return undefined;
        },
        { ...manage, input: { event, channel, ...options } },
      ),
    );

  notifications
    .command('test')
    .description('send a test message; the worker sends it within seconds')
    .argument('<channel>', sendingChannels.join(', '))
    .option('--json', 'JSON for programs')
    .action((channel: string, options: Json) =>
      withSession(
        async ({ ctx, actor }) => {
          const sent = await testChannel(ctx, parseInput(TestChannel, { channel }), actor);
          show(sent, options.json === true, ({ deliveryId }) => `Message ${deliveryId} is in the outbox.`);
          return undefined;
        },
        { ...manage, input: { channel } },
      ),
    );

  notifications
    .command('cases')
    .description('what waits for a person now, with what was sent of it')
    .option('--json', 'JSON for programs')
    .action((options: Json) =>
      withSession(async ({ ctx }) => {
        const { cases, casesOpen } = await readNotifications(ctx);
        if (casesOpen > cases.length) say(`The newest ${cases.length} of ${casesOpen} are shown.`);
        show({ cases, open: casesOpen }, options.json === true, () => drawCases(cases));
        return undefined;
      }, read),
    );

  notifications
    .command('deliveries')
    .description('what was sent and what was not, newest first')
    .option('--page <number>', 'which page of them, from 0', '0')
    .addOption(new Option('--channel <channel>', 'only this channel').choices(sendingChannels))
    .addOption(new Option('--state <state>', 'only this state').choices(deliveryStates))
    .option('--json', 'JSON for programs')
    .action(({ json, ...options }: Json & { page: string; channel?: string; state?: string }) =>
      withSession(async ({ ctx }) => {
        const found = await listDeliveries(ctx, parseInput(DeliveriesAddress, options));
        say(`Page ${found.page.at} of ${count(found.page.of, 'page')}.`);
        show(found, json === true, drawDeliveries);
        return undefined;
      }, read),
    );

  notifications
    .command('retry')
    .description('try again what was given up: one message, or all of the channel')
    .argument('<channel>', sendingChannels.join(', '))
    .option('--delivery <number>', 'only this message, as "notifications deliveries" numbers it')
    .option('--json', 'JSON for programs')
    .action((channel: string, options: Json & { delivery?: string }) =>
      withSession(
        async ({ ctx, actor }) => {
          const deliveryId = options.delivery === undefined ? null : Number(options.delivery);
          const done = await retryDeliveries(ctx, parseInput(RetryDeliveries, { channel, deliveryId }), actor);
          show(done, options.json === true, ({ retried }) => `${count(retried, 'message')} will be tried again.`);
          return undefined;
        },
        { ...manage, input: { channel, ...options } },
      ),
    );
}

const instant = (ms: number | null) =>
  ms === null ? null : `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

const drawChannels = (found: (ChannelView & { verdict: ReturnType<typeof verdictOf> })[]) =>
  table(
    ['Channel', 'State', 'Last sent', 'Last failure', 'Waiting', 'Given up', 'What'],
    found.map(({ channel, verdict, sentAtMs, failedAtMs, waiting, givenUp }) => [
      channel,
      verdict.word,
      instant(sentAtMs),
      instant(failedAtMs),
      waiting,
      givenUp,
      verdict.sentence,
    ]),
  );

const drawCases = (found: CaseView[]) =>
  table(
    ['Event', 'Customer', 'What', 'Open since', 'Sent', 'Page'],
    found.map((one) => [
      one.event,
      one.customerId,
      one.title,
      instant(one.openedAtMs),
      one.messages.map(({ channel, kind, state }) => `${channel}: ${kind}, ${state}`).join('; ') || null,
      one.path,
    ]),
  );

const drawDeliveries = ({ deliveries }: DeliveriesPage) =>
  table(
    ['Number', 'State', 'Channel', 'Kind', 'What', 'Tries', 'Made', 'Sent', 'Failure'],
    deliveries.map((one: DeliveryView) => [
      String(one.id),
      one.state,
      one.channel,
      one.kind,
      one.title,
      one.attempts,
      instant(one.madeAtMs),
      instant(one.sentAtMs),
      one.failure,
    ]),
  );
