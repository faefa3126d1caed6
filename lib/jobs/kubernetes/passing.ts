import { AppError } from '@/lib/errors';
import { type Patience, patiently } from '@/lib/patience';
import { tlsFailure } from '@/lib/tls-failure';
import { type KubernetesApi, KubernetesError } from './api';

/**
 * How long a call is asked again by itself, in milliseconds; longer outages are for whoever works with Jobs to bear.
 */
const askAgainMs = 5_000;

/**
 * True where nothing was decided: another writer came between, as with a quota that is counted anew (409 Conflict), too
 * many requests, an API server or a proxy that cannot now, or no answer of the API server's.
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

/** A full quota refuses like a missing right, and is none. */
export const isFullQuota = (error: KubernetesError): boolean =>
  error.status === 403 && /exceeded quota/i.test(error.message);

const patience: Patience = {
  msFor: (error) => (isPassing(error) ? askAgainMs : 0),
  waitMs: (error) => (error instanceof KubernetesError ? error.retryAfterMs : 0),
};

/** What `work` answers, asked again while it fails in passing; it must be safe to repeat. */
export const again = <T>(work: () => Promise<T>): Promise<T> => patiently(patience, work);

/** The same API for calls that change nothing, each asked again. */
export const repeated = (api: KubernetesApi): KubernetesApi => ({
  ...api,
  get: (...args) => again(() => api.get(...args)),
  list: (...args) => again(() => api.list(...args)),
  post: (...args) => again(() => api.post(...args)),
});
