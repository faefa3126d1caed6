import type { Agent } from 'node:https';
import { HttpsProxyAgent } from 'hpagent';
import { AppError } from '@/lib/errors';

/** Connections to the API server are kept, at most eight of them. */
export const agentOptions = { keepAlive: true, maxSockets: 8 };

/**
 * An agent that reaches the API server through an http or https proxy by CONNECT, with the name and password of its
 * URL. Throws AppError('unavailable') for another kind of proxy; a connection that the proxy does not make fails with
 * one.
 */
export function proxyAgent(url: string): Agent {
  const proxy = URL.canParse(url) ? new URL(url) : null;
  if (proxy?.protocol !== 'http:' && proxy?.protocol !== 'https:')
    throw new AppError(
      'unavailable',
      'The proxy-url of the kubeconfig is not an http or https proxy. Other kinds are not supported.',
    );
  const agent = new HttpsProxyAgent({ ...agentOptions, proxy });
  const connect: unknown = Reflect.get(agent, 'createConnection');
  if (typeof connect !== 'function') throw new Error('the proxy agent makes no connections');
  const named = (options: object, done: (error: Error | null, socket: unknown) => void) =>
    Reflect.apply(connect, agent, [
      options,
      (cause: Error | null, socket: unknown) => done(cause && refusal(proxy.host, cause), socket),
    ]);
  return Object.assign(agent, { createConnection: named });
}

const refusal = (host: string, cause: Error): AppError =>
  new AppError(
    'unavailable',
    `The proxy ${host} of the kubeconfig does not connect to Kubernetes. Trying again is safe.`,
    { cause },
  );
