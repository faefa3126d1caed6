import { expect, it } from 'vitest';
import { loadConfig } from '@/lib/config';

const secret = 'a-secret-of-forty-characters-0123456789a';
const webhook = { SLC_NOTIFY_WEBHOOK_URL: 'https://hooks.example.com/a', SLC_NOTIFY_WEBHOOK_SECRET: secret };
const mail = {
  SLC_NOTIFY_SMTP_URL: 'smtp://slc:a-password@mail.example.com:587',
  SLC_NOTIFY_SMTP_FROM: 'labels@example.com',
  SLC_NOTIFY_SMTP_TO: 'anna@example.com, ben@example.com',
};
const load = (env: Record<string, string>) => loadConfig({ NODE_ENV: 'test', ...env }).notifications;

it('no channel is configured unless somebody does', () => {
  expect(load({})).toEqual({ webhook: null, slack: null, email: null, quiet: null });
});

it('each channel is configured by its variables', () => {
  const hours = { SLC_NOTIFY_QUIET_HOURS: '22:00-07:00', SLC_NOTIFY_TIME_ZONE: 'Europe/Berlin' };
  const slack = { SLC_NOTIFY_SLACK_URL: 'https://hooks.slack.com/services/T0/B0/x' };
  expect(load({ ...webhook, ...mail, ...slack, ...hours })).toEqual({
    webhook: { url: 'https://hooks.example.com/a', secret },
    slack: { url: slack.SLC_NOTIFY_SLACK_URL },
    email: { url: mail.SLC_NOTIFY_SMTP_URL, from: 'labels@example.com', to: ['anna@example.com', 'ben@example.com'] },
    quiet: { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' },
  });
});

it.each<[string, Record<string, string>, RegExp]>([
  ['a webhook without its secret', { SLC_NOTIFY_WEBHOOK_URL: webhook.SLC_NOTIFY_WEBHOOK_URL }, /set together/],
  ['a secret that can be guessed', { ...webhook, SLC_NOTIFY_WEBHOOK_SECRET: 'short' }, /at least 24 characters/],
  ['no address', { ...webhook, SLC_NOTIFY_WEBHOOK_URL: 'hooks.example.com' }, /begins with https:\/\/ or http:\/\//],
  ['a file', { ...webhook, SLC_NOTIFY_WEBHOOK_URL: 'file:///etc/passwd' }, /begins with https/],
  ['a password in the address', { ...webhook, SLC_NOTIFY_WEBHOOK_URL: 'https://a:b@example.com' }, /no password/],
  ['Slack without encryption', { SLC_NOTIFY_SLACK_URL: 'http://hooks.slack.com/services/x' }, /must begin with https/],
  ['mail without a sender', { ...mail, SLC_NOTIFY_SMTP_FROM: '' }, /set together/],
  ['mail to nobody', { ...mail, SLC_NOTIFY_SMTP_TO: ' , ' }, /SLC_NOTIFY_SMTP_TO/],
  ['mail to no address', { ...mail, SLC_NOTIFY_SMTP_TO: 'anna' }, /mail addresses/],
  ['a mail server over HTTP', { ...mail, SLC_NOTIFY_SMTP_URL: 'http://mail.example.com' }, /begins with smtp/],
  ['a password with a bare %', { ...mail, SLC_NOTIFY_SMTP_URL: 'smtp://a:a-password%@b.example' }, /written as %25/],
  ['no hours', { SLC_NOTIFY_QUIET_HOURS: '22-7' }, /hours such as 22:00-07:00/],
  ['hours that never end', { SLC_NOTIFY_QUIET_HOURS: '07:00-07:00' }, /nothing would ever be sent/],
  ['no time zone', { SLC_NOTIFY_TIME_ZONE: 'Mars/Olympus' }, /IANA/],
])('%s is refused at the start, in a sentence that repeats no secret', (_what, env, sentence) => {
  expect(() => load(env)).toThrow(sentence);
  expect(() => load(env)).not.toThrow(/a-password|hooks\.slack\.com\/services|a-secret-of/);
});
