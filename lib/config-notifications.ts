import { z } from 'zod';
import { about, Text } from './config-variable';
import { isTimeZone } from './days';
import { AppError } from './errors';
import type { HoursWindow } from './hours-model';

const secretMin = 24;
const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** A URL of one of these schemes, without a fragment. The text of a fault never repeats it, since it may be secret. */
const address = (...schemes: string[]) =>
  z.string().refine(
    (text) => {
      if (!URL.canParse(text)) return false;
      const { protocol, hostname, hash } = new URL(text);
      return schemes.includes(protocol) && hostname !== '' && hash === '';
    },
    `must be an address that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
  );

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

const Mailbox = z.email('must hold mail addresses such as labels@example.com, with commas between them');
const Mailboxes = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  )
  .pipe(z.array(Mailbox).min(1).max(20));

/** The ways to people. What is secret in them is in no page, log or database. */
export const notificationsEnvironment = {
  SLC_NOTIFY_WEBHOOK_URL: address('https:', 'http:')
    .refine((text) => !URL.canParse(text) || new URL(text).username === '', 'must hold no user and no password')
    .optional()
    .meta(about('Where messages are posted as signed JSON.')),
  SLC_NOTIFY_WEBHOOK_SECRET: z
    .string()
    .min(secretMin, `must have at least ${secretMin} characters`)
    .optional()
    .meta(about('The secret that signs them. The receiver verifies with it.')),
  SLC_NOTIFY_SLACK_URL: address('https:', 'http:')
    .refine(
      (text) => !URL.canParse(text) || new URL(text).protocol === 'https:' || loopback.has(new URL(text).hostname),
      'must begin with https://',
    )
    .optional()
    .meta(about('The address of an incoming webhook of Slack. It is a secret.')),
  SLC_NOTIFY_SMTP_URL: address('smtp:', 'smtps:')
    .refine(
      (text) => !URL.canParse(text) || isDecodable(new URL(text).username + new URL(text).password),
      'must have each % of its user and its password written as %25',
    )
    .optional()
    .meta(
      about(
        'The mail server, as `smtp://user:password@host:587` (with STARTTLS, which a password requires) or `smtps://`. It is a secret if it has a password.',
      ),
    ),
  SLC_NOTIFY_SMTP_FROM: Mailbox.optional().meta(about('The sender of the mails.')),
  SLC_NOTIFY_SMTP_TO: Mailboxes.optional().meta(about('Who gets the mails, with commas between them.')),
  SLC_NOTIFY_QUIET_HOURS: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, 'must be hours such as 22:00-07:00')
    .optional()
    .meta(about('Hours in which only urgent messages are sent, such as `22:00-07:00`. The others wait.')),
  SLC_NOTIFY_TIME_ZONE: Text.refine(isTimeZone, 'must be a zone of the IANA database, such as Europe/Berlin')
    .default('UTC')
    .meta(about('The time zone of those hours.')),
};

type NotificationsEnvironment = z.output<z.ZodObject<typeof notificationsEnvironment>>;

/** What each channel is sent with; null for one that is not configured. Throws AppError('invalid_input'). */
export function notificationsConfig(e: NotificationsEnvironment) {
  const together = (names: string, given: readonly unknown[]) => {
    if (new Set(given.map((value) => value === undefined)).size > 1)
      throw new AppError('invalid_input', `The configuration is not usable. ${names} are set together or not at all.`);
  };
  const { SLC_NOTIFY_WEBHOOK_URL: webhookUrl, SLC_NOTIFY_WEBHOOK_SECRET: secret } = e;
  const { SLC_NOTIFY_SMTP_URL: smtpUrl, SLC_NOTIFY_SMTP_FROM: from, SLC_NOTIFY_SMTP_TO: to } = e;
  together('SLC_NOTIFY_WEBHOOK_URL and SLC_NOTIFY_WEBHOOK_SECRET', [webhookUrl, secret]);
  together('SLC_NOTIFY_SMTP_URL, SLC_NOTIFY_SMTP_FROM and SLC_NOTIFY_SMTP_TO', [smtpUrl, from, to]);
  return {
    webhook: webhookUrl && secret ? { url: webhookUrl, secret } : null,
    slack: e.SLC_NOTIFY_SLACK_URL ? { url: e.SLC_NOTIFY_SLACK_URL } : null,
    email: smtpUrl && from && to ? { url: smtpUrl, from, to } : null,
    quiet: quietHours(e),
  };
}

function quietHours(e: NotificationsEnvironment): HoursWindow | null {
  const [from, to] = e.SLC_NOTIFY_QUIET_HOURS?.split('-') ?? [];
  if (from === undefined || to === undefined) return null;
  if (from === to)
    throw new AppError(
      'invalid_input',
      'The configuration is not usable. SLC_NOTIFY_QUIET_HOURS begins and ends at the same time, so nothing would ever be sent.',
    );
  return { from, to, timeZone: e.SLC_NOTIFY_TIME_ZONE };
}
