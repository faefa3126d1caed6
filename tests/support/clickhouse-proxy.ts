import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What the proxy does with a request: pass it on; hold it back for ever; pass it on and hold or cut the answer, before
 * it or in its middle; answer with an error of ClickHouse's after passing it on, or instead; or answer with what is not
 * ClickHouse's.
 */
export type Treatment =
  | { kind: 'pass' }
  | { kind: 'hold request' }
  | { kind: 'hold answer' }
  | { kind: 'cut answer' }
  | { kind: 'cut request' }
  | { kind: 'cut body' }
  | { kind: 'page'; status: number; body: string }
  | { kind: 'answer'; forward: boolean; status: number; code: number; text: string };

/** An HTTP proxy before ClickHouse that treats each request as `treat` says, by its statement, user and name. */
export async function clickhouseProxy(
  target: string,
  treat: (sql: string, user: string, name: string) => Treatment | Promise<Treatment>,
  onAnswer: (headers: IncomingHttpHeaders) => void = () => {},
) {
  const to = new URL(target);
  const reached: string[] = [];
  const waiting: ((sql: string) => void)[] = [];

  const server = createServer(async (asked, answer) => {
    const body = await bodyOf(asked);
    const search = new URL(asked.url ?? '/', target).searchParams;
    const sql = `${search.get('query') ?? ''}${body.toString('utf8')}`;
    const [user = ''] = atob(asked.headers.authorization?.replace(/^Basic /, '') ?? '').split(':');
    const treatment = await treat(sql, user, search.get('log_comment') ?? '');
    const tell = () => {
      reached.push(sql);
      for (const done of waiting.splice(0)) done(sql);
    };
    if (treatment.kind === 'hold request') return tell();
    if (treatment.kind === 'cut request') {
      tell();
      return asked.socket.destroy();
    }
    if (treatment.kind === 'answer' && !treatment.forward) return refuse(answer, treatment);
    if (treatment.kind === 'page') {
      answer.writeHead(treatment.status, { 'Content-Type': 'text/html' });
      return answer.end(treatment.body);
    }
    const passed = request(
      { host: to.hostname, port: to.port, method: asked.method, path: asked.url, headers: asked.headers },
      async (reply) => {
        onAnswer(reply.headers);
        if (treatment.kind === 'pass') {
          answer.writeHead(reply.statusCode ?? 500, reply.headers);
          return reply.pipe(answer);
        }
        const body = await bodyOf(reply);
        if (treatment.kind === 'cut body') {
          answer.writeHead(reply.statusCode ?? 500, { ...reply.headers, 'content-length': body.length + 1 });
          return answer.write(body.subarray(0, body.length / 2), () => asked.socket.destroy());
        }
        tell();
        if (treatment.kind === 'cut answer') asked.socket.destroy();
        if (treatment.kind === 'answer') refuse(answer, treatment);
      },
    );
    passed.on('error', () => asked.socket.destroy());
    passed.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Resolves with the first treated statement that is not simply passed on. */
    treated: () => new Promise<string>((resolve) => (reached[0] ? resolve(reached[0]) : waiting.push(resolve))),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function refuse(answer: ServerResponse, { status, code, text }: { status: number; code: number; text: string }) {
  answer.writeHead(status, { 'X-ClickHouse-Exception-Code': String(code), 'Content-Type': 'text/plain' });
  answer.end(`Code: ${code}. DB::Exception: ${text}. (${text.toUpperCase().replaceAll(' ', '_')})\n`);
}
