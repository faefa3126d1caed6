import type { Config } from '@/lib/config';
import type { Message } from '../message-model';
import type { SendingChannel } from '../model';
import { sendEmail } from './email';
import { failed, type Outcome } from './outcome';
import { sendSlack } from './slack';
import { sendWebhook } from './webhook';

/** Sends a message once. It takes at most about `timeoutMs`, and never throws for what a receiver does. */
export async function send(
  config: Config['notifications'],
  channel: SendingChannel,
  message: Message,
  when: { nowMs: number; timeoutMs: number },
): Promise<Outcome> {
  const { webhook, slack, email } = config;
  if (channel === 'webhook' && webhook) return sendWebhook(webhook, message, when);
  if (channel === 'slack' && slack) return sendSlack(slack, message, when);
  if (channel === 'email' && email) return sendEmail(email, message, when);
  return failed('This worker has no configuration of the channel.');
}
