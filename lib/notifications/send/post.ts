import type { IncomingMessage } from 'node:http';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { tlsFailure } from '@/lib/tls-failure';
import { type Failure, failed, type Outcome, wordsOfTls } from './outcome';

/** What is read of an answer, in bytes. */
const answerMost = 2_000;
const retryAfterMostMs = 60 * 60_000;

type Post = {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** From the first look for the host to the head of the answer. */
  timeoutMs: number;
  /** Who receives it, such as "The receiver of the webhook". */
  receiver: string;
};

/**
 * Posts JSON once, on a connection of its own, and follows no redirect. An answer of 2xx is success. Until the connection
 * is made, and after an answer with an error, the receiver certainly does not have the message.
 */
export function post({ url, headers, body, timeoutMs, receiver }: Post): Promise<Outcome> {
  return new Promise((resolve) => {
    const isSecure = url.startsWith('https:');
    const signal = AbortSignal.timeout(timeoutMs);
    let connected = false;
    const request = (isSecure ? requestHttps : requestHttp)(url, {
      method: 'POST',
      agent: false,
      signal,
      headers: {
        ...headers,
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'stale-label-console',
      },
    });
    request.once('socket', (socket) =>
      socket.once(isSecure ? 'secureConnect' : 'connect', () => {
        connected = true;
      }),
    );
    let answered = false;
    request.once('response', async (response) => {
      answered = true;
      const text = isGood(response) ? '' : await answerOf(response);
      request.destroy();
      resolve(outcomeOf(response, text, receiver));
    });
    const broken = (error: Error) => {
      if (!answered) resolve(brokenBy(error, { receiver, connected, timeoutMs, slow: signal.aborted }));
    };
    request.on('error', broken);
    // NOTE: an answer that switches to another protocol is followed by neither a response nor an error.
    request.once('close', () => broken(new Error('it was closed without an answer')));
    request.end(body);
  });
}

const isGood = ({ statusCode = 0 }: IncomingMessage) => statusCode >= 200 && statusCode < 300;

/** The first bytes of an answer, however it ends. */
function answerOf(response: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const done = () => resolve(Buffer.concat(chunks).toString('utf8').slice(0, answerMost));
    for (const end of ['end', 'error', 'aborted', 'close'] as const) response.once(end, done);
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (chunks.reduce((sum, each) => sum + each.length, 0) >= answerMost) done();
    });
  });
}

function outcomeOf(response: IncomingMessage, text: string, receiver: string): Outcome {
  const { statusCode = 0, headers } = response;
  if (isGood(response)) return { kind: 'sent' };
  if (statusCode >= 300 && statusCode < 400)
    return failed(
      `${receiver} answers with a redirect (${statusCode}), which is not followed. Configure the address it leads to.`,
      { final: true },
    );
  const retryAfterMs = retryAfterOf(headers['retry-after']);
  const answers = `${receiver} answers with ${statusCode}${wordOf(text)}`;
  if (statusCode === 429) return failed(`${answers}: it wants fewer messages.`, { retryAfterMs });
  if (statusCode >= 400 && statusCode < 500 && statusCode !== 408)
    return failed(`${answers}: it does not take these messages. Check its address and its secret.`, {
      final: true,
    });
  return failed(`${answers}.`, { retryAfterMs });
}

/** What Slack says in one word, such as invalid_payload. */
const wordOf = (text: string): string => (/^[a-z_]{3,40}$/.test(text.trim()) ? ` (${text.trim()})` : '');

/** Seconds, or an instant that is up to an hour ahead. */
function retryAfterOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, retryAfterMostMs) : undefined;
}

function brokenBy(
  error: Error,
  { receiver, connected, timeoutMs, slow }: { receiver: string; connected: boolean; timeoutMs: number; slow: boolean },
): Failure {
  const tls = tlsFailure(error, receiver);
  if (tls && !connected) return failed(tls, { detail: wordsOfTls(error) });
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'no code';
  const what = slow
    ? `did not answer within ${Math.round(timeoutMs / 1_000)} seconds`
    : `broke the connection off (${code})`;
  if (connected) return failed(`${receiver} ${what}, so it may or may not have the message.`, { known: false });
  return failed(slow ? `${receiver} ${what}.` : `${receiver} cannot be reached (${code}).`);
}
