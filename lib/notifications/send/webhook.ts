import { createHmac } from 'node:crypto';
import type { Message } from '../message-model';
import type { Outcome } from './outcome';
import { post } from './post';

/** The body of a message. It is the same each time that the message is sent. */
export const webhookBody = (message: Message): string =>
  JSON.stringify({
    version: 1,
    key: message.key,
    kind: message.kind,
    event: message.event,
    case: message.caseId,
    customer: message.customerId,
    title: message.title,
    lines: message.lines,
    url: message.url,
    environment: message.environment,
    at: new Date(message.atMs).toISOString(),
  });

/** `v1=` and the HMAC-SHA256 of timestamp, point and body, in hex; see docs/notifications.md. */
export const signatureOf = (secret: string, timestamp: string, body: string): string =>
  `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;

/** The headers of a try at `nowMs`. */
export function webhookHeaders(message: Message, body: string, secret: string, nowMs: number): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  return {
    'x-slc-timestamp': timestamp,
    'x-slc-signature': signatureOf(secret, timestamp, body),
    'idempotency-key': message.key,
  };
}

export function sendWebhook(
  { url, secret }: { url: string; secret: string },
  message: Message,
  { nowMs, timeoutMs }: { nowMs: number; timeoutMs: number },
): Promise<Outcome> {
  const body = webhookBody(message);
  const headers = webhookHeaders(message, body, secret, nowMs);
  return post({ url, headers, body, timeoutMs, receiver: 'The receiver of the webhook' });
}
