import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import MailComposer from 'nodemailer/lib/mail-composer';
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
    await transport.sendMail({ envelope: { from, to }, raw });
    return { kind: 'sent' };
  } catch (error) {
    return brokenBy(error, begun);
  } finally {
    transport.close();
  }
}

const server = 'The mail server';

function brokenBy(error: unknown, begun: boolean): Failure {
  const detail = messageOf(error);
  const { responseCode, code = 'no code' } = error as { responseCode?: number; code?: string };
  if (responseCode !== undefined) {
    const final = responseCode >= 500;
    const advice = final ? ': it does not take these mails. Check sender, receivers and password' : '';
    return failed(`${server} answers with ${responseCode}${advice}.`, { detail, final });
  }
  const tls = tlsFailure(error, server);
  if (tls) return failed(tls, { detail });
  if (begun)
    return failed(`${server} broke the connection off (${code}), so it may or may not have the mail.`, {
      detail,
      known: false,
    });
  return failed(code === 'ETIMEDOUT' ? `${server} did not answer in time.` : `${server} cannot be reached (${code}).`, {
    detail,
  });
}
