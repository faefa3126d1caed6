import { AppError } from '@/lib/errors';
import { type Patience, patiently } from '@/lib/patience';
import { tlsFailure } from '@/lib/tls-failure';
import { type KubernetesApi, KubernetesError } from './api';

/**
 * For how long a call is repeated, in milliseconds. Callers that work with Jobs handle longer outages.
 */
const askAgainMs = 5_000;

/**
 * Whether nothing was decided: another writer came first, as with a quota that is being counted (409 Conflict), there
 * were too many requests, an API server or proxy is not available, or no answer of the API server came.
 */
export function isPassing(error: unknown): boolean {
  if (error instanceof AppError) return error.code === 'unavailable';
  if (!(error instanceof KubernetesError)) return error instanceof Error && tlsFailure(error, 'Kubernetes') === null;
  const { status, reason, isForeign } = error;
  return (
    isForeign ||
    status >= 500 ||
    [408, 410, 425, 429].includes(status) ||
    (status === 409 && reason !== 'AlreadyExists')
  );
}

/** Whether a quota is full. It is refused like a missing right, but it passes. */
export const isFullQuota = (error: KubernetesError): boolean =>
  error.status === 403 && /exceeded quota/i.test(error.message);

const patience: Patience = {
  msFor: (error) => (isPassing(error) ? askAgainMs : 0),
  waitMs: (error) => (error instanceof KubernetesError ? error.retryAfterMs : 0),
};

/** The result of `work`, which is repeated after a passing failure and must be safe to repeat. */
export const again = <T>(work: () => Promise<T>): Promise<T> => patiently(patience, work);

/** The API for calls that change nothing, each of which is repeated after a passing failure. */
export const repeated = (api: KubernetesApi): KubernetesApi => ({
  ...api,
  get: (...args) => again(() => api.get(...args)),
  list: (...args) => again(() => api.list(...args)),
  post: (...args) => again(() => api.post(...args)),
});
