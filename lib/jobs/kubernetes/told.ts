import { AppError } from '@/lib/errors';
import { KubernetesError } from './api';

/** Turns what the API server or the connection says into a sentence for a person. */
export async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    if (!(cause instanceof KubernetesError))
      throw new AppError('unavailable', 'Kubernetes does not answer. Asking again is safe.', { cause });
    const said = cause.message.slice(0, 400);
    if (cause.status >= 500 || cause.status === 429 || cause.status === 410)
      throw new AppError('unavailable', `Kubernetes cannot answer now: ${said}`, { cause });
    if (cause.status === 401)
      throw new AppError('unavailable', 'Kubernetes does not accept the credentials.', { cause });
    throw new AppError('refused', `Kubernetes refused: ${said}`, { cause });
  }
}
