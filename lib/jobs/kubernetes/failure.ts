import { ZodError } from 'zod';
import { AppError } from '@/lib/errors';
import { poll } from '@/lib/poll';
import { tlsFailure } from '@/lib/tls-failure';
import { KubernetesError } from './api';
import { isFullQuota, isPassing } from './passing';

const starting = { firstMs: 250, mostMs: 30_000, factor: 2, withinMs: 60_000 };

/**
 * Retries 403s while the API server starts: until it has loaded its Roles it rejects requests that it will allow later.
 * A rejected call changed nothing. Once `isReady` is true, a 403 is final; if `isReady` may not be called, after a
 * minute.
 */
export async function retryWhileRolesLoad<T>(work: () => Promise<T>, isReady: () => Promise<boolean>): Promise<T> {
  const answered = await poll(starting, async () => {
    try {
      return { with: await work() };
    } catch (error) {
      const isRefusal = error instanceof KubernetesError && error.status === 403 && !error.isForeign;
      if (!isRefusal || isFullQuota(error)) throw error;
      return (await isReady()) ? { with: await work() } : null;
    }
  });
  return answered ? answered.with : work();
}

const isUnreadable = (cause: unknown): boolean => cause instanceof SyntaxError || cause instanceof ZodError;

/** Translates an error of the API server or the connection into a failure with a sentence for people. */
export function toAppError(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  if (!(cause instanceof KubernetesError)) {
    const sentence =
      tlsFailure(cause, 'Kubernetes') ??
      (isUnreadable(cause)
        ? 'The console cannot read the answer of Kubernetes. The log has the details.'
        : 'Kubernetes does not answer. Trying again is safe.');
    return new AppError('unavailable', sentence, { cause });
  }
  if (cause.isForeign) {
    const sentence = `Kubernetes does not answer: something in between answered ${cause.status} instead.`;
    return new AppError('unavailable', sentence, { cause });
  }
  const said = cause.message.slice(0, 400);
  if (isPassing(cause)) return new AppError('unavailable', `Kubernetes cannot answer now: ${said}`, { cause });
  if (isFullQuota(cause)) return new AppError('unavailable', `Kubernetes refuses for now: ${said}`, { cause });
  if (cause.status === 401)
    return new AppError('unavailable', 'Kubernetes does not accept the credentials.', { cause });
  return new AppError('refused', `Kubernetes refused: ${said}`, { cause });
}

/** The result of `work`. It throws only AppErrors. */
export async function withAppErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw toAppError(cause);
  }
}
