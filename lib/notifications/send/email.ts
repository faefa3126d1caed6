import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { firstOf, patience } from '@/lib/clock';
import { messageOf } from '@/lib/errors';
import { visible } from '@/lib/text';
import { tlsFailure } from '@/lib/tls-failure';
import { headline, type Message, repetition } from '../message-model';
import { type Failure, failed, type Outcome, wordsOfTls } from './outcome';

type Mailing = { url: string; from: string; to: string[] };

/** Subject, text and the headers by which mail programs recognise a repetition and the case that it belongs to. */
export function emailOf(message: Message) {
  const host = new URL(message.url).hostname;
  const lines = [headline(message), '', ...message.lines, '', message.url];
  return {
    subject: visible(`[${message.environment}] ${headline(message)}`),
    text: visible([...lines, ...(message.mayRepeat ? ['', repetition] : [])].join('\n'), { lines: true }),
    messageId: `<${message.key}@${host}>`,
    references: message.caseId ? [`<case-${message.caseId}@${host}>`] : [],
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

/** Sends one mail over a connection of its own. With a password the connection has to be encrypted. */
export async function sendEmail(
  { url, from, to }: Mailing,
  message: Message,
  { timeoutMs }: { timeoutMs: number },
): Promise<Outcome> {
  const { username, password, hostname, port, protocol } = new URL(url);
  const secure = protocol === 'smtps:';
  const waits = { connectionTimeout: timeoutMs / 2, greetingTimeout: timeoutMs / 2, dnsTimeout: timeoutMs / 2 };
  const connection = new SMTPConnection({
    host: hostname,
    port: Number(port) || (secure ? 465 : 587),
    secure,
    requireTLS: !secure && username !== '',
    ...waits,
    socketTimeout: timeoutMs / 2,
    // A connection that is closed is cut off at once, so that nothing more of a mail is sent.
    socketCloseTimeout: 0,
  });
  const login =
    username === '' ? null : { user: decodeURIComponent(username), pass: decodeURIComponent(password), options: {} };
  const text = await new MailComposer({ from, to, ...emailOf(message) }).compile().build();
  let begun = false;
  // NOTE: it is read once the server has asked for the text, and until then the server has nothing.
  const body = new Readable({
    read() {
      begun = true;
      this.push(text);
      this.push(null);
    },
  });
  try {
    const rejected = await inTime(timeoutMs, submit(connection, { login, envelope: { from, to }, body }));
    if (rejected === 0) return { kind: 'sent' };
    return { kind: 'sent', remark: `${server} refused ${rejected} of ${to.length} receivers.` };
  } catch (error) {
    return brokenBy(error, begun);
  } finally {
    connection.close();
  }
}

const server = 'The mail server';

type Submission = {
  login: { user: string; pass: string; options: object } | null;
  envelope: { from: string; to: string[] };
  body: Readable;
};

/** Resolves with the number of receivers that the server refused, once it has the mail for the others. */
function submit(connection: SMTPConnection, { login, envelope, body }: Submission): Promise<number> {
  return new Promise((resolve, reject) => {
    const then = (next: () => void) => (error?: Error | null) => (error ? reject(error) : next());
    connection.on('error', reject);
    connection.once('end', () => reject(Object.assign(new Error('the connection ended'), { code: 'ECONNECTION' })));
    const send = () =>
      connection.send(envelope, body, (error, info) => (error ? reject(error) : resolve(info.rejected.length)));
    connection.connect(
      then(() => {
        if (login && connection.allowsAuth) connection.login({ credentials: login }, then(send));
        else send();
      }),
    );
  });
}

/** A server that says a little from time to time is slow all the same. */
function inTime<T>(ms: number, answer: Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = patience(ms, over.signal).then(() => {
    throw Object.assign(new Error('the mail took too long'), { code: 'ETIMEDOUT' });
  });
  return firstOf([answer, late], over);
}

function brokenBy(error: unknown, begun: boolean): Failure {
  const { responseCode, ...codes } = error as { responseCode?: number; code?: string; originalCode?: string };
  const code = codes.originalCode ?? codes.code ?? 'no code';
  if (responseCode !== undefined) {
    const final = responseCode >= 500;
    const advice = final ? ': it does not take these mails. Check sender, receivers and password' : '';
    return failed(`${server} answers with ${responseCode}${advice}.`, { final });
  }
  const tls = tlsFailure(Object.assign(new Error(messageOf(error)), { code }), server);
  if (tls) return failed(tls, { detail: wordsOfTls(error) });
  if (begun) return failed(`${server} did not say whether it took the mail (${code}).`, { known: false });
  return failed(`${server} ${code === 'ETIMEDOUT' ? 'did not answer in time' : `cannot be reached (${code})`}.`);
}
