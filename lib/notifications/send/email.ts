import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import MailComposer from 'nodemailer/lib/mail-composer';
import { firstOf, patience } from '@/lib/clock';
import { messageOf } from '@/lib/errors';
import { visible } from '@/lib/text';
import { tlsFailure } from '@/lib/tls-failure';
import { headline, type Message, repetition } from '../message-model';
import { type Failure, failed, type Outcome } from './outcome';

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
  const transport = createTransport({
    host: hostname,
    port: Number(port) || (secure ? 465 : 587),
    secure,
    requireTLS: !secure && username !== '',
    ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    ...waits,
    socketTimeout: timeoutMs / 2,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const mail = new MailComposer({ from, to, ...emailOf(message) }).compile();
  const text = await mail.build();
  let begun = false;
  // NOTE: the server asks for the text when it has accepted sender and receivers, and until then it has nothing.
  const raw = new Readable({
    read() {
      begun = true;
      this.push(text);
      this.push(null);
    },
  });
  try {
    const { rejected } = await inTime(timeoutMs, transport.sendMail({ envelope: { from, to }, raw }));
    if (rejected.length === 0) return { kind: 'sent' };
    return { kind: 'sent', remark: `${server} refused ${rejected.length} of ${to.length} receivers.` };
  } catch (error) {
    return brokenBy(error, begun);
  } finally {
    transport.close();
  }
}

const server = 'The mail server';

/** A server that says a little from time to time is slow all the same. */
function inTime<T>(ms: number, answer: Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = patience(ms, over.signal).then(() => {
    throw Object.assign(new Error('the mail took too long'), { code: 'ETIMEDOUT' });
  });
  return firstOf([answer, late], over);
}

function brokenBy(error: unknown, begun: boolean): Failure {
  const detail = messageOf(error);
  const { responseCode, ...codes } = error as { responseCode?: number; code?: string; originalCode?: string };
  const code = codes.originalCode ?? codes.code ?? 'no code';
  if (responseCode !== undefined) {
    const final = responseCode >= 500;
    const advice = final ? ': it does not take these mails. Check sender, receivers and password' : '';
    return failed(`${server} answers with ${responseCode}${advice}.`, { detail, final });
  }
  const tls = tlsFailure(Object.assign(new Error(detail), { code }), server);
  if (tls) return failed(tls, { detail });
  if (begun) return failed(`${server} did not say whether it took the mail (${code}).`, { detail, known: false });
  return failed(`${server} ${code === 'ETIMEDOUT' ? 'did not answer in time' : `cannot be reached (${code})`}.`, {
    detail,
  });
}
