import { expect, it } from 'vitest';
import { type ChannelView, verdictOf } from '@/lib/notifications/view-model';

const nowMs = Date.UTC(2026, 1, 10);
const hoursAgo = (hours: number) => nowMs - hours * 60 * 60_000;
const channel: ChannelView = {
  channel: 'webhook',
  configured: true,
  lookedAtMs: nowMs,
  waiting: 0,
  failingSinceMs: null,
  blockedUntilMs: null,
  givenUp: 0,
  givenUpAtMs: null,
  sent: 7,
  failed: 0,
  sentAtMs: hoursAgo(30),
  failedAtMs: null,
  failure: null,
};

it.each<[string, Partial<ChannelView>, string]>([
  ['the last try arrived', { failed: 3, failedAtMs: hoursAgo(31) }, 'works'],
  ['nothing was sent yet', { sent: 0, sentAtMs: null }, 'unused'],
  ['the last try failed, and what it was about is over', { failedAtMs: hoursAgo(1) }, 'troubled'],
  ['the only try failed', { sentAtMs: null, failedAtMs: hoursAgo(1) }, 'troubled'],
  ['the last mail was refused for a receiver', { failedAtMs: hoursAgo(30), failure: 'One of two.' }, 'troubled'],
  ['messages were given up', { givenUp: 1, givenUpAtMs: hoursAgo(1), failedAtMs: hoursAgo(1) }, 'dead'],
  ['messages were given up more than a week ago', { givenUpAtMs: hoursAgo(200), sentAtMs: hoursAgo(230) }, 'dead'],
  ['something was sent since', { givenUp: 1, givenUpAtMs: hoursAgo(40), failedAtMs: hoursAgo(40) }, 'troubled'],
])('a channel is judged rightly when %s', (_when, more, state) => {
  expect(verdictOf({ ...channel, ...more }, nowMs).state).toBe(state);
});
