import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { environmentValue } from '@/lib/config';
import { AppError } from '@/lib/errors';
import { signatureOf } from '@/lib/notifications/send/webhook';
import { visible } from '@/lib/text';
import { numberOf } from './campaign/options';
import { say, show } from './output';

const secretName = 'SLC_NOTIFY_WEBHOOK_SECRET';
const bodyMost = 1_000_000;
/** A message that was signed longer ago than this is refused, as docs/notifications.md advises. */
const ageMostMs = 5 * 60_000;

const Body = z.object({ kind: z.string(), title: z.string(), lines: z.array(z.string()), url: z.string() });

type Options = { port: string; secretFrom?: string; answer: string };

/** `demo receiver`: what a webhook's receiver has to do, on this machine. */
export function addReceiverCommand(demo: Command): void {
  demo
    .command('receiver')
    .description('receive the notifications of a console on this machine: print each, and verify its signature')
    .option('--port <port>', 'where it listens on 127.0.0.1', '8099')
    .option('--secret-from <variable>', `the variable with the secret; without it a new secret is made`)
    .addOption(new Option('--answer <status>', 'answer with this, to try an outage').default('204'))
    .action(async (options: Options) => {
      const secret = options.secretFrom ? environmentValue(options.secretFrom) : randomBytes(24).toString('base64url');
      const answer = numberOf(options.answer, '--answer');
      const { url } = await startReceiver({
        port: numberOf(options.port, '--port'),
        secret,
        answer,
        print: (text) => show(text, false, String),
      });
      const given = options.secretFrom ? '' : ` ${secretName}=${secret}`;
      say(`It listens. Start the console with SLC_NOTIFY_WEBHOOK_URL=${url}${given} npm start. Ctrl-C ends this.`);
    });
}

/** Prints each message that is signed with `secret`, and refuses all others. */
export async function startReceiver(options: {
  port: number;
  secret: string;
  /** The status of its answers to messages that are right. */
  answer: number;
  print: (text: string) => void;
}): Promise<{ url: string; close(): void }> {
  const { secret, answer, print } = options;
  const known = new Set<string>();
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    if (body === null) return response.writeHead(413).end();
    if (!isSigned(request, body, secret)) {
      print('A message was refused: its signature is not right.');
      return response.writeHead(401).end();
    }
    const key = String(request.headers['idempotency-key']);
    print(inWords(body, known.has(key)));
    if (answer < 300) known.add(key);
    response.writeHead(answer).end();
  });
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: Error) =>
      reject(new AppError('unavailable', `Port ${options.port} of 127.0.0.1 cannot be used.`, { cause: error }));
    server.once('error', refuse);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = address && typeof address === 'object' ? address.port : options.port;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > bodyMost) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function isSigned({ headers }: IncomingMessage, body: string, secret: string): boolean {
  const timestamp = String(headers['x-slc-timestamp']);
  if (!/^\d+$/.test(timestamp) || Math.abs(Date.now() - Number(timestamp) * 1_000) > ageMostMs) return false;
  const [given, expected] = [String(headers['x-slc-signature']), signatureOf(secret, timestamp, body)].map((text) =>
    Buffer.from(text),
  );
  return (
    given !== undefined &&
    expected !== undefined &&
    given.length === expected.length &&
    timingSafeEqual(given, expected)
  );
}

function inWords(body: string, isRepetition: boolean): string {
  const { kind, title, lines, url } = Body.parse(JSON.parse(body));
  const head = `${new Date().toISOString()} ${kind}, signature right${isRepetition ? ', again' : ''}`;
  return [head, ...[title, ...lines, url].map((line) => `  ${visible(line)}`), ''].join('\n');
}
