import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '@/lib/notifications/message-model';
import { sendEmail } from '@/lib/notifications/send/email';
import { sendSlack, slackBody } from '@/lib/notifications/send/slack';
import { sendWebhook } from '@/lib/notifications/send/webhook';
import { privateAuthority } from '@/tests/support/certificates';
import { headerOf, httpReceiver, mailReceiver, slowMailServer } from '@/tests/support/receivers';

const message: Message = {
  key: '7b0c6a1e-0c0f-4f3e-9a53-2f6f1c1d8e11',
  kind: 'updated',
  event: 'finding new',
  caseId: '0d0e6f0a-52a5-4b43-8c4e-9a6f4b1f0c55',
  customerId: 'acme',
  title: '40 conversations of acme & <sons> have wrong labels.',
  lines: ['First.', 'Second: <!channel> <https://evil.example|here>'],
  url: 'https://labels.example.com/findings/7',
  environment: 'production',
  atMs: Date.parse('2026-02-11T02:03:04Z'),
  mayRepeat: false,
};
const when = { nowMs: Date.parse('2026-02-11T02:03:05Z'), timeoutMs: 2_000 };
const secret = 'a-secret-of-forty-characters-0123456789a';

let folder = '';
let authority: ReturnType<typeof privateAuthority>;
const closing: (() => unknown)[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slc-send-'));
  authority = privateAuthority(folder);
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function receiving(...options: Parameters<typeof httpReceiver>) {
  const receiver = await httpReceiver(...options);
  closing.push(receiver.close);
  return receiver;
}
const webhook = (url: string) => sendWebhook({ url, secret }, message, when);

describe('over HTTP', () => {
  it('a receiver that does not answer in time may or may not have the message', async () => {
    const receiver = await receiving();
    receiver.answer(() => undefined);
    expect(await webhook(receiver.url)).toMatchObject({
      known: false,
      final: false,
      sentence: 'The receiver of the webhook did not answer within 2 seconds, so it may or may not have the message.',
    });
  });

  it('an answer that switches to another protocol ends the try', async () => {
    const receiver = await receiving();
    receiver.answer((response) =>
      response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
    );
    expect(await webhook(receiver.url)).toMatchObject({ kind: 'failed', known: false, final: false });
  });

  it('an answer that begins and does not end is the answer', async () => {
    const receiver = await receiving();
    receiver.answer((response) => {
      response.writeHead(200);
      response.write('still thinking');
    });
    expect(await webhook(receiver.url)).toEqual({ kind: 'sent' });
  });

  it('a host that nobody knows, and a port that nobody listens on, certainly have nothing', async () => {
    expect(await webhook('http://nobody.invalid/x')).toMatchObject({ known: true, final: false });
    const receiver = await receiving();
    await receiver.away();
    expect(await webhook(receiver.url)).toMatchObject({
      known: true,
      sentence: expect.stringContaining('cannot be reached'),
    });
  });

  it.each([
    ['of an unknown authority', () => authority.selfSigned(), /authority that this process does not know/],
    [
      'made for another name',
      () => authority.certificate('other', { names: 'DNS:other.example' }),
      /does not know|another name/,
    ],
    ['that has expired', () => authority.certificate('old', { days: -1 }), /does not know|has expired/],
  ])('a certificate %s is refused before anything is sent', async (_what, certificate, sentence) => {
    const receiver = await receiving({ certificate: certificate() });
    expect(await webhook(receiver.url)).toMatchObject({
      known: true,
      final: false,
      sentence: expect.stringMatching(sentence),
    });
    expect(receiver.received).toEqual([]);
  });

  it('a receiver without TLS at an address with it, and the other way round, are named', async () => {
    const plain = await receiving();
    expect(await webhook(plain.url.replace('http:', 'https:'))).toMatchObject({
      known: true,
      sentence: expect.stringContaining('one side speaks TLS'),
    });
    const secure = await receiving({ certificate: authority.selfSigned() });
    expect(await webhook(secure.url.replace('https:', 'http:'))).toMatchObject({ kind: 'failed' });
  });

  it('no sentence repeats the address, which may be secret', async () => {
    const receiver = await receiving();
    receiver.answer((response) => response.writeHead(404).end('no_service'));
    const url = receiver.url.replace('/messages', '/services/T0/B0/secret');
    expect(await sendSlack({ url }, message, when)).toEqual({
      kind: 'failed',
      sentence:
        'Slack answers with 404 (no_service): it does not take these messages. Check its address and its secret.',
      known: true,
      final: true,
    });
  });
});

describe('to Slack', () => {
  it('a message is text and a link; nothing of a text becomes a mention, a link or a button', async () => {
    const receiver = await receiving();
    receiver.answer(200);
    expect(await sendSlack({ url: receiver.url }, message, when)).toEqual({ kind: 'sent' });
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toEqual({
      text: 'Update: 40 conversations of acme &amp; &lt;sons&gt; have wrong labels.',
      unfurl_links: false,
      unfurl_media: false,
      blocks: [
        {
          type: 'section',
          text: {
            type: 'mrkdwn',
            text: '*Update: 40 conversations of acme &amp; &lt;sons&gt; have wrong labels.*\nFirst.\nSecond: &lt;!channel&gt; &lt;https://evil.example|here&gt;',
          },
        },
        {
          type: 'context',
          elements: [
            { type: 'mrkdwn', text: 'production · <https://labels.example.com/findings/7|Open in the console>' },
          ],
        },
      ],
    });
  });

  it('a long message is cut between lines, and a repetition says so', () => {
    const long = { ...message, lines: Array.from({ length: 25 }, () => '<'.repeat(100)) };
    const { blocks } = JSON.parse(slackBody(long));
    expect(blocks[0].text.text.length).toBeLessThan(3_000);
    expect(blocks[0].text.text).toMatch(/&lt;\n…$/);
    expect(slackBody({ ...message, mayRepeat: true })).toContain('This may be a repetition');
  });
});

describe('by mail', () => {
  const from = 'labels@example.com';
  const to = ['anna@example.com', 'ben@example.com'];
  const mail = (port: number, more: { user?: string; scheme?: string; message?: Partial<Message> } = {}) =>
    sendEmail(
      { url: `${more.scheme ?? 'smtp'}://${more.user ?? ''}127.0.0.1:${port}`, from, to },
      { ...message, ...more.message },
      when,
    );
  async function slowMail(...options: Parameters<typeof slowMailServer>) {
    const receiver = await slowMailServer(...options);
    closing.push(receiver.close);
    return receiver;
  }
  async function receivingMail(...options: Parameters<typeof mailReceiver>) {
    const receiver = await mailReceiver(...options);
    closing.push(receiver.close);
    return receiver;
  }

  it('a repetition has the same id, and all mails of a case refer to it', async () => {
    const receiver = await receivingMail();
    expect(await mail(receiver.port)).toEqual({ kind: 'sent' });
    expect(await mail(receiver.port, { message: { mayRepeat: true } })).toEqual({ kind: 'sent' });
    expect(await mail(receiver.port, { message: { kind: 'resolved', key: 'another-key' } })).toEqual({ kind: 'sent' });
    const ids = receiver.mails.map((each) => headerOf(each, 'Message-ID'));
    expect(ids).toEqual([ids[0], ids[0], '<another-key@labels.example.com>']);
    expect(ids[0]).toBe('<7b0c6a1e-0c0f-4f3e-9a53-2f6f1c1d8e11@labels.example.com>');
    const references = new Set(receiver.mails.map((each) => headerOf(each, 'References')));
    expect([...references]).toEqual(['<case-0d0e6f0a-52a5-4b43-8c4e-9a6f4b1f0c55@labels.example.com>']);
    expect(headerOf(receiver.mails[0] ?? '', 'To')).toBe('anna@example.com, ben@example.com');
    expect(headerOf(receiver.mails[0] ?? '', 'Auto-Submitted')).toBe('auto-generated');
    expect(headerOf(receiver.mails[0] ?? '', 'Subject')).toContain('[production] Update: 40 conversations of acme');
    expect(receiver.mails[0]).toContain('https://labels.example.com/findings/7');
    expect(receiver.mails[1]).toContain('This may be a repetition');
  });

  it('a title with lines adds no header', async () => {
    const receiver = await receivingMail();
    await mail(receiver.port, { message: { title: 'One\r\nBcc: eve@example.com\r\n\r\nTwo' } });
    expect(headerOf(receiver.mails[0] ?? '', 'Bcc')).toBeUndefined();
  });

  it('a server that has no room is tried again; one that refuses the receiver or the password is not', async () => {
    const refusing = (responseCode: number) => (_address: unknown, _session: unknown, done: (error?: Error) => void) =>
      done(Object.assign(new Error('no'), { responseCode }));
    const full = await receivingMail({ onRcptTo: refusing(452) });
    expect(await mail(full.port)).toMatchObject({
      known: true,
      final: false,
      sentence: 'The mail server answers with 452.',
    });
    const closed = await receivingMail({ onRcptTo: refusing(550) });
    expect(await mail(closed.port)).toMatchObject({ known: true, final: true });
    expect(full.mails).toEqual([]);
  });

  it('a connection that breaks after the mail leaves it open whether it arrived', async () => {
    const receiver = await receivingMail({ closeTimeout: 50 });
    receiver.afterMail(() => undefined);
    expect(await mail(receiver.port)).toMatchObject({ kind: 'failed', known: false });
    expect(receiver.mails).toHaveLength(1);
  });

  it('a server that is away or silent certainly has nothing', async () => {
    const receiver = await receivingMail();
    await receiver.close();
    expect(await mail(receiver.port)).toMatchObject({
      known: true,
      sentence: expect.stringContaining('cannot be reached'),
    });
    const silent = await receiving();
    expect(await mail(Number(new URL(silent.url).port))).toMatchObject({ known: true });
  });

  it.each([
    ['MAIL', { mailed: false, known: true }],
    ['RCPT', { mailed: false, known: true }],
    ['DATA', { mailed: false, known: true }],
    ['.', { mailed: true, known: false }],
  ])(
    'a server that falls silent at %s has what it asked for, and nothing later',
    async (command, { mailed, known }) => {
      const receiver = await slowMail((line) => (line === command ? 1_500 : 0));
      expect(await mail(receiver.port)).toMatchObject({ kind: 'failed', known });
      await receiver.ended;
      expect(receiver.heard.includes('.')).toBe(mailed);
    },
  );

  it('a server that is slow at each step certainly has nothing once the time is over', async () => {
    const receiver = await slowMail(() => 600);
    expect(await mail(receiver.port)).toMatchObject({
      known: true,
      sentence: 'The mail server did not answer in time.',
    });
    await receiver.ended;
    expect(receiver.heard).not.toContain('DATA');
  });

  it('no word of a refusal, which may name a mailbox, is kept', async () => {
    const refused = Object.assign(new Error('<anna@example.com> is unknown'), { responseCode: 550 });
    const receiver = await receivingMail({ onRcptTo: (_address, _session, done) => done(refused) });
    expect(JSON.stringify(await mail(receiver.port))).not.toContain('anna');
    const some = await receivingMail({
      onRcptTo: ({ address }, _session, done) => (address === to[0] ? done(refused) : done()),
    });
    expect(await mail(some.port)).toEqual({ kind: 'sent', remark: 'The mail server refused 1 of 2 receivers.' });
  });

  it('a password is sent over an encrypted connection only, and a wrong certificate is refused', async () => {
    const plain = await receivingMail({ allowInsecureAuth: true });
    expect(await mail(plain.port, { user: 'slc:a-password@' })).toMatchObject({ kind: 'failed', known: true });
    const { cert, key } = authority.selfSigned();
    const keys = { cert: readFileSync(cert), key: readFileSync(key) };
    const upgrading = await receivingMail({ ...keys, disabledCommands: [] });
    expect(await mail(upgrading.port, { user: 'slc:a-password@' })).toMatchObject({
      known: true,
      sentence: expect.stringContaining('certificate'),
    });
    const secure = await receivingMail({ ...keys, secure: true });
    expect(await mail(secure.port, { scheme: 'smtps' })).toMatchObject({
      known: true,
      sentence: expect.stringContaining('certificate'),
    });
    expect([plain.logins, upgrading.logins, upgrading.mails, secure.mails]).toEqual([[], [], [], []]);
  });
});
