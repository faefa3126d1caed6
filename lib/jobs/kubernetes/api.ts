import { Agent, type RequestOptions, request } from 'node:https';
import { z } from 'zod';
import type { Json } from '../manifest';
import type { Connection } from './connect';
import { agentOptions } from './proxy-agent';

/** An answer other than 2xx: its status, the API server's `reason` and message. */
export class KubernetesError extends Error {
  readonly status: number;
  readonly reason: string;
  /** The `Retry-After` of the answer in milliseconds; 0 if there is none. */
  readonly retryAfterMs: number;
  /** The answer came from something in between, such as a balancer or a sign-in page. */
  readonly isForeign: boolean;

  constructor(status: number, reason: string, message: string, { retryAfterMs = 0, isForeign = false } = {}) {
    super(message);
    this.retryAfterMs = retryAfterMs;
    this.isForeign = isForeign;
    this.name = 'KubernetesError';
    this.status = status;
    this.reason = reason;
  }
}

/** Every object of the API server names its kind. */
const Answer = z.looseObject({ kind: z.string().min(1) });

/** The body of every failure of the API server. */
const Refusal = z.object({
  kind: z.literal('Status'),
  reason: z.string().default(''),
  message: z.string().default(''),
});
const ListAnswer = z.looseObject({
  kind: z.string().endsWith('List'),
  items: z.array(z.looseObject({})),
  metadata: z.looseObject({ continue: z.string().optional() }).prefault({}),
});

export type KubernetesApi = {
  get(path: string, query?: Record<string, string>): Promise<Json>;
  text(path: string, query: Record<string, string>): Promise<string>;
  list(path: string, query: Record<string, string>): Promise<Json[]>;
  post(path: string, body: Json, query: Record<string, string>): Promise<Json>;
  remove(path: string, body: Json): Promise<void>;
  close(): void;
};

const timeoutMs = 10_000;
const pageRows = '200';
const listsMax = 3;
const bytesMax = 64 << 20;

/**
 * The API server over raw JSON. Unknown fields pass in both directions, and every call ends within 10 seconds.
 * `authorize` adds certificates and a fresh token. Throws KubernetesError for a bad answer, and Node's error if no
 * answer came.
 */
export function kubernetesApi({ server, authorize, agent = new Agent(agentOptions) }: Connection): KubernetesApi {
  async function call(method: string, path: string, query: Record<string, string>, body?: Json): Promise<string> {
    const url = new URL(`${server.replace(/\/$/, '')}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const options: RequestOptions = { method, headers: { accept: 'application/json' } };
    await authorize(options);
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const headers = {
      ...(options.headers as Record<string, string>),
      // NOTE: without a length Node drops the body of a DELETE, which holds the uid precondition.
      ...(payload && { 'content-type': 'application/json', 'content-length': payload.length }),
    };
    const signal = AbortSignal.timeout(timeoutMs);
    return new Promise((resolve, reject) => {
      const sent = request(url, { ...options, headers, agent, signal }, (answer) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > bytesMax) sent.destroy(new Error(`the API server answered more than ${bytesMax} bytes`));
          else chunks.push(chunk);
        });
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const status = answer.statusCode ?? 0;
          if (status >= 200 && status < 300) resolve(text);
          else reject(refusalOf(status, text, retryMs(answer.headers['retry-after'])));
        });
      });
      sent.on('error', reject);
      sent.end(payload);
    });
  }

  async function pagesOf(path: string, query: Record<string, string>): Promise<Json[]> {
    const items: Json[] = [];
    let from = '';
    do {
      const page = { ...query, limit: pageRows, ...(from && { continue: from }) };
      const answer = answerOf(await call('GET', path, page), ListAnswer);
      items.push(...answer.items);
      from = answer.metadata.continue ?? '';
    } while (from !== '');
    return items;
  }

  return {
    get: async (path, query = {}) => answerOf(await call('GET', path, query), Answer),
    text: (path, query) => call('GET', path, query),
    async list(path, query) {
      for (let lists = 1; ; lists += 1) {
        try {
          return await pagesOf(path, query);
        } catch (error) {
          // NOTE: 410 means that the list is too old to be continued, so it starts again.
          if (!(error instanceof KubernetesError && error.status === 410) || lists >= listsMax) throw error;
        }
      }
    },
    post: async (path, body, query) =>
      answerOf(await call('POST', path, query, body), Answer.extend({ kind: z.literal(body.kind as string) })),
    async remove(path, body) {
      await call('DELETE', path, {}, body);
    },
    close: () => agent.destroy(),
  };
}

/** A good status proves nothing by itself, since the page of a balancer has one too. */
function answerOf<Schema extends z.ZodType>(text: string, schema: Schema): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new KubernetesError(200, '', text.slice(0, 500), { isForeign: true });
  }
}

/** The seconds that the API server names as milliseconds, ten seconds at most. */
const retryMs = (seconds: string | undefined): number => Math.min(10_000, 1_000 * (Number(seconds) || 0));

function refusalOf(status: number, text: string, retryAfterMs: number): KubernetesError {
  try {
    const { reason, message } = Refusal.parse(JSON.parse(text));
    return new KubernetesError(status, reason, message, { retryAfterMs });
  } catch {
    return new KubernetesError(status, '', text.slice(0, 500), { retryAfterMs, isForeign: true });
  }
}
