import { createToken } from '@/lib/sign-in/create-token';
import type { TestContext } from './context';

type Handler = (request: Request, context: { params: Promise<object> }) => Promise<Response>;

/** Asks route handlers as a program with a viewer's token does. They read from `ctx`, as in the web process. */
export async function programOf(ctx: TestContext) {
  Object.assign(globalThis, { slcWebContext: ctx });
  const actor = { name: 'tests', role: 'approver', via: 'cli', requestId: 'tests' } as const;
  const { secret } = await createToken(ctx, { name: 'polls', role: 'viewer', days: 1 }, actor);
  return async (handler: Handler, path: string, held?: string, params: object = {}) => {
    const headers = new Headers({ authorization: `Bearer ${secret}` });
    if (held !== undefined) headers.set('if-none-match', held);
    const response = await handler(new Request(`http://console${path}`, { headers }), {
      params: Promise.resolve(params),
    });
    return { status: response.status, etag: response.headers.get('etag') ?? '', text: await response.text() };
  };
}
